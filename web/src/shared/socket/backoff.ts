/** How long to wait before connecting again. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
const LONGEST_TOLD_MS = 300_000;

/** The server's own `retry_after=3.2` (its jitter is already in it), or growth with full jitter. */
export function retryDelayMs(attempt: number, reason: string, random: () => number): number {
  const told = /^retry_after=(\d+(?:\.\d+)?)$/.exec(reason);
  if (told) return Math.min(Number(told[1]) * 1000, LONGEST_TOLD_MS);
  const ceiling = Math.min(FIRST_MS * 2 ** Math.min(attempt, 10), LONGEST_MS);
  return 100 + random() * ceiling;
}
