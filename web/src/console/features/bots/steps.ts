/** Words of an attempt's steps; a step without words is shown as it is stored. */

import { isTextKey, type Translate } from "../../../shared/text/language";

const ASKED = "asked:";

export function stepWords(step: string, t: Translate): string {
  if (step.startsWith(ASKED)) {
    const slot = step.slice(ASKED.length);
    return t("bots.step.asked", { slot: wordsOf("slot", slot, t) });
  }
  return wordsOf("step", step, t);
}

export function wordsOf(kind: "skill" | "slot" | "step" | "end", word: string, t: Translate): string {
  const key = `bots.${kind}.${word}`;
  return isTextKey(key) ? t(key) : word;
}

/** The counts of a table, the largest first; equals by their word. */
export function ranked(counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] {
  return Object.entries(counts).sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
}
