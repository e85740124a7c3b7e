/** What the sender of a message may know of its way. */

import type { Conversation } from "../socket/conversation";

export type Progress = "sent" | "delivered" | "read";

/** How far the others of a direct or service conversation are with the event at `seq`. */
export function progressOf(conversation: Conversation, me: string, seq: number): Progress {
  const others = Object.entries(conversation.marks).filter(([user]) => user !== me);
  if (others.some(([, at]) => at.read >= seq)) return "read";
  return others.some(([, at]) => at.delivered >= seq) ? "delivered" : "sent";
}

/** How many others of a group have read the event at `seq`, as far as marks told. */
export function readersOf(conversation: Conversation, me: string, seq: number): number {
  return Object.entries(conversation.marks).filter(([user, at]) => user !== me && at.read >= seq).length;
}
