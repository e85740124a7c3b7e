/** Names of products and features as people read them, and shares as percentages. */

import { isTextKey, useText } from "../../../shared/text/language";

type Say = ReturnType<typeof useText>["t"];

function named(kind: "product" | "feature" | "outcome", word: string, t: Say): string {
  const key = `rec.${kind}.${word}`;
  return isTextKey(key) ? t(key) : word;
}

export const productName = (product: string, t: Say) => named("product", product, t);
export const outcomeName = (outcome: string, t: Say) => named("outcome", outcome, t);

/** Undefined for what says nothing to people, as the baseline. */
export function featureName(feature: string, t: Say): string | undefined {
  const name = named("feature", feature, t);
  return name === feature ? undefined : name;
}

export const percent = (share: number, digits = 0) => `${(share * 100).toFixed(digits)}%`;
