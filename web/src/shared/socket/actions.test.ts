import { describe, expect, it } from "vitest";
import type { Body, EventFrame } from "@shared/wire/generated";
import { withActions } from "./actions";

function event(seq: number, kind: string, body: Body, from = "bob"): EventFrame {
  return { type: "event", conv: "c", seq, mid: `m${seq}`, from, ts: seq, kind, n: 1, body };
}

const said = event(1, "message", { type: "text", text: "helo" });
const edit = event(2, "edit", { type: "edit", target: 1, body: { type: "text", text: "hello" } });
const recall = event(3, "recall", { type: "recall", target: 1 });
const react = (seq: number, emoji: "👍" | "🎉" | "", was: "👍" | "🎉" | "", from = "bob") =>
  event(seq, "reaction", { type: "reaction", target: 1, emoji, was }, from);

function after(...actions: EventFrame[]): EventFrame | undefined {
  return withActions([said, ...actions], actions, "me")[0];
}

describe("actions on messages", () => {
  it("shows the last words, and that they were edited", () => {
    expect(after(edit)).toMatchObject({ body: { text: "hello" }, edited: true, changed_seq: 2 });
  });

  it("forgets the words of what was recalled, in its edits too", () => {
    const [message, edited] = withActions([said, edit, recall], [edit, recall], "me");
    expect(message).toMatchObject({ body: { type: "recalled" }, edited: false });
    expect(edited?.body).toEqual({ type: "recalled" });
  });

  it("counts everybody once", () => {
    expect(after(react(2, "👍", ""), react(3, "👍", "", "me"))?.reactions).toEqual([
      { emoji: "👍", count: 2, mine: true },
    ]);
    expect(after(react(2, "👍", ""), react(3, "🎉", "👍"))?.reactions).toEqual([
      { emoji: "🎉", count: 1, mine: false },
    ]);
    expect(after(react(2, "👍", ""), react(3, "", "👍"))?.reactions).toEqual([]);
  });

  it("leaves alone what a page from the server holds already", () => {
    const current = { ...said, changed_seq: 2, reactions: [{ emoji: "👍", count: 1 }] };
    expect(withActions([current], [react(2, "👍", "")], "me")[0]).toBe(current);
  });

  it("changes no value that nobody acted on", () => {
    const other = event(9, "message", { type: "text", text: "x" });
    expect(withActions([other], [edit], "me")[0]).toBe(other);
  });
});
