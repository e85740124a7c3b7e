/** The sender's own connection gets an `ack`, not the event: this is that event. */

import type { AckFrame, Body, EventFrame } from "@shared/wire/generated";
import type { Conversation } from "./conversation";
import type { Outgoing } from "./outbox";

export function eventOf(
  { frame }: Outgoing,
  ack: AckFrame,
  known: Conversation,
  user: string,
  device: string,
): EventFrame {
  const message = frame.type === "send";
  return {
    type: "event",
    conv: ack.conv,
    seq: ack.seq,
    mid: ack.mid,
    from: user,
    ts: ack.ts,
    kind: message ? "message" : "card_state",
    n: known.count + (message ? 1 : 0),
    body: ack.body ?? (message ? frame.body : submitted(frame.seq, frame.action, known, device)),
  };
}

function submitted(seq: number, action: string, known: Conversation, device: string): Body {
  const card = known.log.events.find((event) => event.seq === seq)?.body;
  const card_id = card?.type === "card" ? card.card_id : "";
  return { type: "card_state", card: seq, card_id, state: "submitted", action, device };
}
