/** Fen as yuan with two decimals: 8880 is 88.80. Integers only, no rounding. */
export function yuan(fen: number): string {
  return `${String(Math.trunc(fen / 100))}.${String(fen % 100).padStart(2, "0")}`;
}
