/** What became of each card of a conversation, told by the later `card_state` events of its log. */

import type { EventFrame } from "@shared/wire/generated";
import type { Outgoing } from "../socket/outbox";

export const CLOSED = ["done", "confirmed", "cancelled", "expired", "failed", "replaced", "refused"] as const;
export type CardPhase = "open" | "submitted" | (typeof CLOSED)[number];

export function isClosed(phase: CardPhase): boolean {
  return phase !== "open" && phase !== "submitted";
}

/** `<conv> <seq>` of the card → its phase. Final states never change again; `open` reopens. */
export function cardPhases(events: readonly EventFrame[], outgoing: readonly Outgoing[]): Map<string, CardPhase> {
  const phases = new Map<string, CardPhase>();
  for (const { conv, body } of events) {
    if (body.type !== "card_state") continue;
    const key = cardKey(conv, body.card);
    if (!isClosed(phases.get(key) ?? "open")) phases.set(key, phaseOf(body.state));
  }
  for (const { frame, state } of outgoing) {
    if (frame.type !== "submit" || state === "failed") continue;
    const key = cardKey(frame.conv, frame.seq);
    if (!isClosed(phases.get(key) ?? "open")) phases.set(key, "submitted");
  }
  return phases;
}

export function cardKey(conv: string, seq: number): string {
  return `${conv} ${seq}`;
}

/** A state that this screen does not know yet takes no answers. */
function phaseOf(state: string): CardPhase {
  if (state === "open" || state === "submitted") return state;
  return CLOSED.find((known) => known === state) ?? "done";
}
