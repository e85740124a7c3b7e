/** The words of a consent: what is shown is what is hashed, and the ledger keeps the hash. */

import { isTextKey, type Translate } from "../../../shared/text/language";

export const PURPOSES = ["personalised_offers", "chat_content", "account_data"] as const;
export type Purpose = (typeof PURPOSES)[number];
export const PARTS = ["purpose", "data", "period", "refuse"] as const;

export interface ConsentWords {
  readonly title: string;
  readonly parts: readonly { readonly label: string; readonly text: string }[];
}

export function isPurpose(purpose: string): purpose is Purpose {
  return isTextKey(`consent.${purpose}.title`);
}

export function consentWords(purpose: Purpose, t: Translate): ConsentWords {
  return {
    title: t(`consent.${purpose}.title`),
    parts: PARTS.map((part) => ({ label: t(`consent.${part}`), text: t(`consent.${purpose}.${part}`) })),
  };
}

/** SHA-256 of the title and each `label: text`, one a line, as lower-case hex. */
export async function hashOf(words: ConsentWords): Promise<string> {
  const shown = [words.title, ...words.parts.map(({ label, text }) => `${label}: ${text}`)].join("\n");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(shown));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
