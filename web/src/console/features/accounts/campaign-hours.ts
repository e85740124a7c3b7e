/** Hours of a campaign as rows: every hour from the first to the last, with or without people. */

import type { CampaignHour } from "@shared/wire/generated";

export const STEPS = ["sent", "delivered", "read", "clicked", "converted", "left"] as const;
export type Step = (typeof STEPS)[number];

export interface HourRow {
  readonly hour: number;
  readonly counts: Readonly<Record<Step, number>>;
}

const HOUR_MS = 3_600_000;
const MOST = 24 * 7;

/** At most a week of them: what came later is in the exported file. */
export function byHour(hours: readonly CampaignHour[]): readonly HourRow[] {
  if (!hours.length) return [];
  const first = Math.min(...hours.map((each) => each.hour));
  const last = Math.max(...hours.map((each) => each.hour));
  const rows = Math.min((last - first) / HOUR_MS + 1, MOST);
  return Array.from({ length: rows }, (_, place) => {
    const hour = first + place * HOUR_MS;
    const found = hours.filter((each) => each.hour === hour);
    const count = (step: Step) => found.find((each) => each.step === step)?.count ?? 0;
    const counts = Object.fromEntries(STEPS.map((step) => [step, count(step)])) as Record<Step, number>;
    return { hour, counts };
  });
}
