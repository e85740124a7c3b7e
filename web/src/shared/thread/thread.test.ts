import type { Body, EventFrame } from "@shared/wire/generated";
import { describe, expect, it } from "vitest";
import { withItem, withPage, type Conversation } from "../socket/conversation";
import { earlierOf, eventsOf, threadsOf } from "./thread";

const text: Body = { type: "text", text: "x" };

function event(conv: string, seq: number, ts: number): EventFrame {
  return { type: "event", conv, seq, mid: `${conv}${seq}`, from: "@a", ts, kind: "message", n: seq, body: text };
}

function conversation(conv: string, kind: string, events: EventFrame[], firstSeq = 1, badge = ""): Conversation {
  const item = { conv, kind, title: conv, head: 0, read: 0, unread: 0, version: 1, first_seq: firstSeq, badge };
  const peer = kind === "direct" ? "" : "@a";
  const last = events.at(-1);
  const head = last?.seq ?? 0;
  const known = withItem(undefined, { ...item, peer, head, unread: events.length, ...(last && { last }) });
  const page = { type: "events" as const, conv, events, head, first_seq: firstSeq, more: firstSeq < (events[0]?.seq ?? 1) };
  return withPage(known, page, "before", "me");
}

const seqs = (events: readonly EventFrame[]) => events.map(({ conv, seq }) => `${conv}${seq}`);

describe("threadsOf", () => {
  it("makes one thread of a public account's service and feed", () => {
    const threads = threadsOf([
      conversation("s", "service", [event("s", 1, 10)]),
      conversation("f", "feed", [event("f", 1, 20), event("f", 2, 30)]),
    ]);
    expect(threads).toHaveLength(1);
    expect(threads[0]).toMatchObject({ key: "@a", kind: "account", conv: "s", unread: 3 });
    expect(threads[0]?.last?.conv).toBe("f");
  });

  it("keeps one customer's conversations with two accounts apart for those who serve", () => {
    const served = ["s:@a:lina", "s:@b:lina"].map((conv) => {
      const known = conversation(conv, "service", [event(conv, 1, 1)]);
      return { ...known, item: { ...known.item, peer: "lina" } };
    });
    expect(threadsOf(served).map(({ key, kind }) => [key, kind])).toEqual([
      ["s:@a:lina", "case"],
      ["s:@b:lina", "case"],
    ]);
  });

  it("puts the account manager on top, then who wrote last", () => {
    const threads = threadsOf([
      conversation("old", "direct", [event("old", 1, 1)]),
      conversation("new", "direct", [event("new", 1, 9)]),
      conversation("manager", "direct", [event("manager", 1, 0)], 1, "manager"),
    ]);
    expect(threads.map(({ key }) => key)).toEqual(["manager", "new", "old"]);
  });

  it("gives a follower of a feed alone nowhere to write", () => {
    expect(threadsOf([conversation("f", "feed", [event("f", 1, 1)])])[0]?.conv).toBeNull();
  });
});

describe("eventsOf", () => {
  it("merges by time, then conversation, then seq", () => {
    const [thread] = threadsOf([
      conversation("s", "service", [event("s", 1, 10), event("s", 2, 20)]),
      conversation("f", "feed", [event("f", 1, 10), event("f", 2, 15)]),
    ]);
    expect(thread && seqs(eventsOf(thread))).toEqual(["f1", "s1", "f2", "s2"]);
  });

  it("shows nothing older than what a part may still bring", () => {
    const [thread] = threadsOf([
      conversation("s", "service", [event("s", 5, 50), event("s", 6, 60)], 1),
      conversation("f", "feed", [event("f", 1, 10), event("f", 2, 55)]),
    ]);
    expect(thread && seqs(eventsOf(thread))).toEqual(["s5", "f2", "s6"]);
    expect(thread && earlierOf(thread)).toEqual(["s"]);
  });

  it("asks for the part that holds the others back", () => {
    const [thread] = threadsOf([
      conversation("s", "service", [event("s", 5, 50)], 1),
      conversation("f", "feed", [event("f", 9, 70)], 1),
    ]);
    expect(thread && earlierOf(thread)).toEqual(["f"]);
  });
});
