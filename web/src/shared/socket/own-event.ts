/** The sender's own connection gets an `ack`, not the event: this is that event. */

import type { AckFrame, Body, EventFrame } from "@shared/wire/generated";
import type { Conversation } from "./conversation";
import type { NamedFrame, Outgoing } from "./outbox";

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
    kind: KINDS[frame.type],
    n: known.count + (message ? 1 : 0),
    body: ack.body ?? bodyOf(frame, known, device),
  };
}

const KINDS = { send: "message", submit: "card_state", edit: "edit", recall: "recall", react: "reaction" } as const;

/** The body as it was asked for: what the server changed of it comes with the ack. */
function bodyOf(frame: NamedFrame, known: Conversation, device: string): Body {
  switch (frame.type) {
    case "send":
      return frame.body;
    case "submit":
      return submitted(frame.seq, frame.action, known, device);
    case "react":
      return { type: "reaction", target: frame.target, emoji: frame.emoji ?? "", was: "" };
    default: {
      const { target } = frame;
      return frame.type === "edit" ? { type: "edit", target, body: frame.body } : { type: "recall", target };
    }
  }
}

function submitted(seq: number, action: string, known: Conversation, device: string): Body {
  const card = known.log.events.find((event) => event.seq === seq)?.body;
  const card_id = card?.type === "card" ? card.card_id : "";
  return { type: "card_state", card: seq, card_id, state: "submitted", action, device };
}
