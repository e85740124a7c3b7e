/** Times as people read them, in the language chosen and the zone of their machine. */

import type { Language, Translate } from "./language";

const DAY_MS = 86_400_000;

function dayOf(ts: number): number {
  return new Date(ts).setHours(0, 0, 0, 0);
}

function formatted(ts: number, language: Language, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(language, options).format(ts);
}

export function clockTime(ts: number, language: Language): string {
  return formatted(ts, language, { hour: "2-digit", minute: "2-digit", hour12: false });
}

export function fullTime(ts: number, language: Language): string {
  return formatted(ts, language, { dateStyle: "medium", timeStyle: "short", hour12: false });
}

/** A separator in a thread: short today, longer the further back. */
export function threadTime(ts: number, now: number, language: Language, t: Translate): string {
  const time = clockTime(ts, language);
  const days = Math.round((dayOf(now) - dayOf(ts)) / DAY_MS);
  if (days <= 0) return time;
  if (days === 1) return t("time.yesterday", { time });
  if (days < 7) return `${formatted(ts, language, { weekday: "long" })} ${time}`;
  return fullTime(ts, language);
}

/** In the list: one word. */
export function listTime(ts: number, now: number, language: Language, t: Translate): string {
  const days = Math.round((dayOf(now) - dayOf(ts)) / DAY_MS);
  if (days <= 0) return clockTime(ts, language);
  if (days === 1) return t("time.yesterday", { time: "" }).trim();
  if (days < 7) return formatted(ts, language, { weekday: "short" });
  return formatted(ts, language, { year: "2-digit", month: "numeric", day: "numeric" });
}

/** `02:59`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
