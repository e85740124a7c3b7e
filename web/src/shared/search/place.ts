/** The old message that an address points to: `?in=<conversation>&at=<seq>`. */

import { useSearchParams } from "react-router";
import type { Thread } from "../thread/thread";

export interface Place {
  readonly conv: string;
  readonly seq: number;
}

export function placed(path: string, { conv, seq }: Place): string {
  return `${path}?${new URLSearchParams({ in: conv, at: String(seq) }).toString()}`;
}

/** Null unless it is one of this thread's conversations. */
export function usePlace(thread: Thread | undefined): Place | null {
  const [asked] = useSearchParams();
  const conv = asked.get("in") ?? "";
  const seq = Number(asked.get("at"));
  const known = thread?.parts.some(({ item }) => item.conv === conv) ?? false;
  return known && Number.isSafeInteger(seq) && seq > 0 ? { conv, seq } : null;
}
