/** From what the campaign's form holds to what is submitted. */

import type { AudienceDraft, BehaviourDraft, CampaignDraft, StepDraft } from "@shared/wire/generated";

export const MOST_VARIANTS = 5;
export const SMALLEST = 20;

export const DEEDS = ["read_article", "read_campaign", "clicked_campaign", "opened_menu", "wrote", "followed"] as const;
export const PRODUCTS = ["easy_loan", "instalment", "fixed_deposit", "accumulated_gold", "fund", "credit_card"] as const;
export const CONDITIONS = ["always", "read", "unread", "clicked", "unclicked"] as const;
export const NEW_STEP: StepDraft = { after_minutes: 1440, when: "unread", text: "", via: "chat" };
export const NEW_BEHAVIOUR: BehaviourDraft = { deed: "read_article", subject: "", days: 30, did: true };

export interface CampaignForm {
  readonly name?: string;
  readonly tags?: readonly number[];
  readonly without?: readonly number[];
  readonly languages?: readonly ("zh-CN" | "en")[];
  readonly branches?: readonly string[];
  readonly customers?: readonly string[];
  readonly behaviours?: readonly (BehaviourDraft | undefined)[];
  readonly product?: string;
  /** Per cent. */
  readonly at_least?: number | null;
  readonly top?: number | null;
  readonly texts?: readonly string[];
  readonly hold_out?: number;
  readonly service?: boolean;
  readonly at?: number;
  readonly title?: string;
  readonly url?: string;
  readonly window_days?: number;
  readonly over_minutes?: number | null;
  readonly steps?: readonly StepDraft[];
}

export const NEW_CAMPAIGN: CampaignForm = { name: "", texts: [""], hold_out: 0, service: false, at: 0, window_days: 7 };

export function audienceOf(filled: CampaignForm): AudienceDraft {
  const { tags = [], without = [], languages = [], branches = [], customers = [] } = filled;
  const { behaviours = [], product = "" } = filled;
  const [at_least, top] = [(filled.at_least ?? 0) / 100, filled.top ?? 0];
  return {
    tags,
    without,
    languages,
    branches,
    customers,
    behaviours: behaviours.filter((each) => each !== undefined).filter(isWhole),
    likely: product && (at_least > 0 || top > 0) ? { product, at_least, top } : null,
  };
}

/** Of a campaign one must be named; until then the line narrows nothing. */
function isWhole({ deed, subject = "" }: BehaviourDraft): boolean {
  return subject !== "" || (deed !== "read_campaign" && deed !== "clicked_campaign");
}

export function draftOf(filled: CampaignForm): CampaignDraft {
  const { title = "", url = "" } = filled;
  return {
    name: (filled.name ?? "").trim(),
    audience: audienceOf(filled),
    texts: (filled.texts ?? []).map((text) => text.trim()),
    hold_out: filled.hold_out ?? 0,
    service: filled.service ?? false,
    at: filled.at ?? 0,
    button: title.trim() && url.trim() ? { title: title.trim(), url: url.trim() } : null,
    window_days: filled.window_days ?? 7,
    over_minutes: filled.over_minutes ?? 0,
    steps: (filled.steps ?? []).map((step) => ({ ...step, text: step.text.trim() })),
  };
}
