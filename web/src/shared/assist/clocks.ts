/** The clocks of a case between two answers of the server: they go on, paused ones stand still. */

import type { Translate } from "../text/language";
import { countdown } from "../text/time";
import type { CaseItem, ClockItem, ClockName } from "./shapes";

export type Tone = "calm" | "warn" | "late" | "still";

export interface ClockFace {
  readonly name: ClockName;
  /** Negative once it is late. */
  readonly leftMs: number;
  readonly tone: Tone;
}

function faceOf({ name, left_s, state }: ClockItem, elapsedMs: number): ClockFace {
  if (state === "paused") return { name, leftMs: left_s * 1000, tone: "still" };
  const leftMs = left_s * 1000 - elapsedMs;
  if (leftMs <= 0 || state === "breached") return { name, leftMs: Math.min(leftMs, 0), tone: "late" };
  return { name, leftMs, tone: state === "warned" ? "warn" : "calm" };
}

/** The clock that runs out first; null when nothing is due. `elapsedMs`: since the server said so. */
export function nextClock({ clocks, state }: Pick<CaseItem, "clocks" | "state">, elapsedMs: number): ClockFace | null {
  if (state === "closed" || state === "bot") return null;
  const running = clocks.filter((clock) => !clock.ended && clock.state !== "met");
  return running.map((clock) => faceOf(clock, elapsedMs)).sort((a, b) => a.leftMs - b.leftMs)[0] ?? null;
}

export function clockWords({ leftMs, tone }: ClockFace, t: Translate): string {
  if (tone === "late") return t("case.late", { time: countdown(-leftMs) });
  return t(tone === "still" ? "case.paused" : "case.left", { time: countdown(leftMs) });
}

/** `3 分钟`, `1 小时 5 分钟`: for people, who do not count seconds of a wait. */
export function spanWords(seconds: number, t: Translate): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return t("span.moment");
  if (minutes < 60) return t("span.minutes", { minutes });
  return t("span.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
