import type { ConversationItem, MemberChangeBody } from "@shared/wire/generated";
import { describe, expect, it } from "vitest";
import { itemAfter } from "./group-item";

const item: ConversationItem = {
  conv: "g:1", kind: "group", title: "Friday", head: 1, read: 0, unread: 0, version: 1, first_seq: 1, members: 3, role: "member",
};
const after = (body: Omit<MemberChangeBody, "type" | "who">, from = item) =>
  itemAfter(from, {
    type: "event", conv: "g:1", seq: 2, mid: "m", from: "ann", ts: 1, kind: "member", n: 0, body: { type: "member", who: "ann", ...body },
  });

describe("itemAfter", () => {
  it("counts who comes and goes", () => {
    expect(after({ what: "invited", whom: ["a", "b"] }).members).toBe(5);
    expect(after({ what: "left", whom: ["a"] }).members).toBe(2);
    expect(after({ what: "dissolved" })).toMatchObject({ members: 0, writable: false });
  });

  it("takes a new name", () => {
    expect(after({ what: "renamed", text: "Monday" }).title).toBe("Monday");
  });

  it("hushes members, not those who run the group", () => {
    expect(after({ what: "setting", text: "silent" }).writable).toBe(false);
    expect(after({ what: "setting", text: "open" }).writable).toBe(true);
    expect(after({ what: "setting", text: "silent" }, { ...item, role: "owner" }).writable).toBeUndefined();
    expect(after({ what: "setting", text: "approval" })).toEqual(item);
  });
});
