import { describe, expect, it } from "vitest";
import { Chat } from "../socket/chat";
import { World } from "../socket/testing/world";
import { DraftKeeper } from "./draft-keeper";

async function writing() {
  const world = new World();
  world.server.open("d");
  const chat = new Chat(world);
  chat.start();
  await world.pass(500);
  const keeper = new DraftKeeper(chat, "d", world);
  const heard: string[] = [];
  const stop = keeper.start((text) => heard.push(text));
  /** What the server tells of the draft; `null`: there is none. */
  let version = 10;
  const told = async (draft: { mid: string; text: string } | null) => {
    world.server.socket.receive({ type: "settings", conv: "d", version: ++version, first_seq: 1, draft });
    await world.pass(20);
  };
  const drafts = () => world.server.frames("draft").map(({ mid, text }) => ({ mid, text }));
  return { world, chat, keeper, heard, stop, told, drafts };
}

describe("a draft", () => {
  it("is kept once the person pauses, and again under the same name", async () => {
    const { world, keeper, drafts } = await writing();
    keeper.typed("你");
    keeper.typed("你好");
    await world.pass(900);
    keeper.typed("你好吗");
    await world.pass(900);
    expect(drafts().map(({ text }) => text)).toEqual(["你好", "你好吗"]);
    expect(new Set(drafts().map(({ mid }) => mid)).size).toBe(1);
  });

  it("is kept when the screen is left, and an empty one taken away", async () => {
    const { world, keeper, stop, drafts } = await writing();
    keeper.typed("半句");
    stop();
    await world.pass(20);
    keeper.typed("  ");
    await world.pass(900);
    expect(drafts().map(({ text }) => text)).toEqual(["半句", ""]);
  });

  it("goes with what is sent, under its name", async () => {
    const { world, keeper, drafts, told, heard } = await writing();
    keeper.typed("明白");
    await world.pass(900);
    const mid = drafts()[0]?.mid ?? "";
    await told({ mid, text: "明白" });
    expect(keeper.send("明白")).toBe(mid);
    await told({ mid, text: "明白" });
    await told(null);
    expect(heard).toEqual([]);
    expect(keeper.text).toBe("");
  });

  it("comes from another device, and not over what is being typed", async () => {
    const { keeper, told, heard } = await writing();
    await told({ mid: "x", text: "她的" });
    expect(heard).toEqual(["她的"]);
    keeper.typed("她的，我改");
    await told({ mid: "y", text: "又改" });
    expect(heard).toEqual(["她的"]);
  });

  it("adopted and sent as it is keeps its name; changed, it gets another and the old one goes", async () => {
    const { world, keeper, told, drafts } = await writing();
    await told({ mid: "x", text: "她的" });
    expect(keeper.send("她的")).toBe("x");
    await told(null);
    await told({ mid: "z", text: "再来" });
    keeper.typed("再来一次");
    expect(keeper.send("再来一次")).not.toBe("z");
    await world.pass(20);
    expect(drafts()).toEqual([{ mid: "z", text: "" }]);
  });

  it("is not filled again by what the server told before", async () => {
    const { world, keeper, told, heard } = await writing();
    await told({ mid: "x", text: "旧的" });
    keeper.typed("");
    await world.pass(900);
    await told({ mid: "x", text: "旧的" });
    await told(null);
    expect(heard).toEqual(["旧的"]);
    await told({ mid: "n", text: "新的" });
    expect(heard).toEqual(["旧的", "新的"]);
  });

  it("that another device sent is gone here too", async () => {
    const { world, keeper, told, drafts, heard } = await writing();
    keeper.typed("一起写");
    await world.pass(900);
    await told({ mid: drafts()[0]?.mid ?? "", text: "一起写" });
    await told(null);
    expect(heard).toEqual([""]);
  });
});
