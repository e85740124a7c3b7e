/** A found text in pieces: what was looked for, and what stands around it. */

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** Marks count characters as people do, not the halves that JavaScript counts. */
export function piecesOf(text: string, marks: readonly (readonly number[])[]): Piece[] {
  const characters = Array.from(text);
  const pieces: Piece[] = [];
  let at = 0;
  const take = (end: number, marked: boolean) => {
    if (end > at) pieces.push({ text: characters.slice(at, end).join(""), marked });
    at = Math.max(at, end);
  };
  for (const [start = 0, end = 0] of marks) {
    take(start, false);
    take(end, true);
  }
  take(characters.length, false);
  return pieces;
}
