import type { EventFrame } from "@shared/wire/generated";
import { describe, expect, it } from "vitest";
import type { Outgoing } from "../socket/outbox";
import { cardKey, cardPhases, isClosed } from "./card-phase";

let seq = 1;

function becomes(state: string, card = 1): EventFrame {
  const body = { type: "card_state", card, card_id: "c", state, action: "", device: "" } as const;
  seq += 1;
  return { type: "event", conv: "s", seq, mid: `${seq}`, from: "@a", ts: seq, kind: "card_state", n: 1, body };
}

const answer: Outgoing = {
  frame: { type: "submit", conv: "s", mid: "m", seq: 1, action: "confirm" },
  at: 0,
  state: "queued",
  notBefore: 0,
};

const phase = (events: EventFrame[], outgoing: Outgoing[] = []) =>
  cardPhases(events, outgoing).get(cardKey("s", 1)) ?? "open";

describe("cardPhases", () => {
  it("follows the log", () => {
    expect(phase([])).toBe("open");
    expect(phase([becomes("submitted")])).toBe("submitted");
    expect(phase([becomes("submitted"), becomes("done")])).toBe("done");
  });

  it("opens again after a wrong code", () => {
    expect(phase([becomes("submitted"), becomes("open")])).toBe("open");
  });

  it("never leaves a final state", () => {
    expect(phase([becomes("expired"), becomes("open"), becomes("submitted")])).toBe("expired");
    expect(phase([becomes("done")], [answer])).toBe("done");
  });

  it("is submitted from the tap on, before the server knows", () => {
    expect(phase([], [answer])).toBe("submitted");
  });

  it("keeps cards apart", () => {
    expect(phase([becomes("done", 2)])).toBe("open");
  });

  it("takes no answers in a state that it does not know", () => {
    expect(isClosed(phase([becomes("teleported")]))).toBe(true);
  });
});
