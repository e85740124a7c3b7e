import { describe, expect, it } from "vitest";
import type { SettingsFrame } from "@shared/wire/generated";
import { badgeOf, threadsOf, type Thread } from "../thread/thread";
import { Chat } from "./chat";
import { isHidden, unreadOf, type Conversation } from "./conversation";
import { World } from "./testing/world";

const text = (words: string) => ({ type: "text", text: words }) as const;

async function connected(...said: readonly string[]) {
  const world = new World();
  world.server.open("d");
  for (const from of said) world.server.write("d", from, text(`by ${from}`), false);
  const chat = new Chat(world);
  chat.start();
  await world.pass(500);
  let version = 1;
  const told = async (change: Partial<SettingsFrame>) => {
    const frame = { type: "settings", conv: "d", version: ++version, first_seq: 1, ...change } as const;
    world.server.socket.receive(frame);
    await world.pass(20);
  };
  const held = (): Conversation => {
    const known = chat.snapshot().conversations.get("d");
    if (!known) throw new Error("d is not listed");
    return known;
  };
  const thread = (): Thread => {
    const [only] = threadsOf([held()]);
    if (!only) throw new Error("no thread");
    return only;
  };
  return { world, server: world.server, chat, told, held, thread };
}

describe("what a person settles", () => {
  it("is asked of the server, and shown when any device's change is told", async () => {
    const { chat, server, told, thread } = await connected("she");
    chat.own.settle("d", { pinned: true, muted: true });
    expect(server.frames("settings")).toMatchObject([{ conv: "d", pinned: true, muted: true }]);
    expect(thread().pinned).toBe(false);
    await told({ pinned: true, muted: true });
    expect(thread()).toMatchObject({ pinned: true, muted: true, marked: false });
  });

  it("is the highest version, in whatever order they come", async () => {
    const { told, thread } = await connected();
    await told({ version: 9, pinned: true });
    await told({ version: 8, pinned: false });
    expect(thread().pinned).toBe(true);
  });

  it("says so when there is no connection", async () => {
    const { world, server, chat } = await connected();
    const problems: string[] = [];
    chat.onProblem((code) => problems.push(code));
    server.socket.hangUp(1006);
    await world.pass(1);
    chat.own.settle("d", { pinned: true });
    await expect(chat.own.stars({})).rejects.toThrow("offline");
    expect(problems).toEqual(["offline"]);
  });

  it("hides a line until somebody writes", async () => {
    const { server, world, told, held } = await connected("she");
    await told({ hidden_seq: 2 });
    expect(isHidden(held())).toBe(true);
    server.write("d", "she", text("back"));
    await world.pass(20);
    expect(isHidden(held())).toBe(false);
  });
});

describe("what is cleared", () => {
  it("leaves the screen, with its last word and what was unread of it", async () => {
    const { server, world, told, held } = await connected("she", "she", "she");
    await told({ first_seq: 3 });
    expect(unreadOf(held())).toBe(1);
    await told({ first_seq: 4 });
    expect(unreadOf(held())).toBe(0);
    expect(held().last).toBeNull();
    expect(held().log.events).toEqual([]);
    server.write("d", "she", text("after"));
    await world.pass(20);
    expect(held().log.events.map(({ seq }) => seq)).toEqual([4]);
    expect(unreadOf(held())).toBe(1);
  });
});

describe("unread", () => {
  it("leaves out what this person wrote, here or on another device", async () => {
    const { server, world, chat, held } = await connected("she");
    server.write("d", "me", text("from the tablet"));
    server.write("d", "she", text("answer"));
    chat.send("d", text("from here"));
    await world.pass(200);
    expect(unreadOf(held())).toBe(2);
    server.socket.receive({ type: "marks", conv: "d", user: "me", read: 1, delivered: 4 });
    await world.pass(20);
    expect(unreadOf(held())).toBe(1);
  });

  it("calls from a muted conversation only by name", async () => {
    const { server, world, told, thread } = await connected("she");
    await told({ muted: true });
    expect(badgeOf(thread(), "me")).toBe(0);
    server.write("d", "she", { ...text("@me"), about: { mentions: ["me"] } });
    await world.pass(20);
    expect(badgeOf(thread(), "me")).toBe(1);
    await told({ muted: false });
    expect(badgeOf(thread(), "me")).toBe(2);
  });

  it("is one for what was marked", async () => {
    const { told, thread } = await connected();
    await told({ marked: true });
    expect(badgeOf(thread(), "me")).toBe(1);
  });
});

describe("a draft", () => {
  it("goes when its message comes, from here or elsewhere", async () => {
    const { server, world, chat, told, thread } = await connected();
    await told({ draft: { mid: "x", text: "hello" } });
    expect(thread().draft).toBe("hello");
    chat.send("d", text("hello"), {}, "x");
    await world.pass(100);
    expect(thread().draft).toBe("");
    expect(server.frames("send")).toMatchObject([{ mid: "x" }]);
  });
});
