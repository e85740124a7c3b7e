import { describe, expect, it } from "vitest";
import { Chat } from "./chat";
import { positionsOf, unreadOf, type Conversation } from "./conversation";
import { World } from "./testing/world";

const text = (words: string) => ({ type: "text", text: words }) as const;

function held(chat: Chat, conv = "d"): Conversation {
  const known = chat.snapshot().conversations.get(conv);
  if (!known) throw new Error(`${conv} is not listed`);
  return known;
}

function words(chat: Chat, conv = "d"): string[] {
  return held(chat, conv).log.events.map(({ body }) => (body.type === "text" ? body.text : body.type));
}

async function connected(before: (world: World) => void = () => undefined) {
  const world = new World();
  world.server.open("d");
  before(world);
  const chat = new Chat(world);
  chat.start();
  await world.pass(500);
  return { world, server: world.server, chat };
}

describe("connecting", () => {
  it("lists the conversations with their newest message and what is unread", async () => {
    const { chat } = await connected(({ server }) => {
      server.write("d", "she", text("one"), false);
      server.write("d", "she", text("two"), false);
    });
    expect(chat.snapshot().listed).toBe(true);
    expect(words(chat)).toEqual(["two"]);
    expect(unreadOf(held(chat))).toBe(2);
  });

  it("waits exactly as long as the server told in the close reason", async () => {
    const { world, server } = await connected();
    server.socket.hangUp(1012, "retry_after=3.2");
    await world.pass(3100);
    expect(server.sockets).toHaveLength(1);
    await world.pass(200);
    expect(server.sockets).toHaveLength(2);
  });

  it("asks for a fresh token after 4401, and ends when there is none", async () => {
    const { world, server, chat } = await connected();
    world.tokens.push(null);
    server.socket.hangUp(4401);
    await world.pass(2000);
    expect(world.asked.at(-1)).toBe(true);
    expect(chat.snapshot().status).toEqual({ state: "ended", why: "logged_out" });
  });

  it("ends for good when the session was revoked", async () => {
    const { world, server, chat } = await connected();
    server.socket.hangUp(4409);
    await world.pass(120_000);
    expect(chat.snapshot().status).toEqual({ state: "ended", why: "revoked" });
    expect(server.sockets).toHaveLength(1);
  });

  it("pings into a silence, and connects again when nothing answers", async () => {
    const { world, server } = await connected();
    const dead = server.socket;
    dead.receive = () => undefined;
    await world.pass(25_000 + 10_000 + 1000);
    expect(server.frames("ping")).toHaveLength(1);
    expect(dead.closed).toBe(true);
    expect(server.sockets).toHaveLength(2);
  });
});

describe("reading the log", () => {
  it("shows an event once, however often it comes", async () => {
    const { world, server, chat } = await connected();
    const event = server.write("d", "she", text("hello"));
    server.socket.receive(event);
    await world.pass(200);
    expect(words(chat)).toEqual(["hello"]);
  });

  it("fills a gap from history before it shows what came after it", async () => {
    const { world, server, chat } = await connected();
    server.write("d", "she", text("one"), false);
    server.write("d", "she", text("two"), false);
    server.write("d", "she", text("three"));
    await world.pass(200);
    expect(words(chat)).toEqual(["one", "two", "three"]);
    expect(held(chat).log.ahead).toEqual([]);
  });

  it("misses nothing over a lost connection", async () => {
    const { world, server, chat } = await connected();
    server.write("d", "she", text("before"));
    server.socket.hangUp(1006);
    server.write("d", "she", text("meanwhile"), false);
    await world.pass(5000);
    server.write("d", "she", text("after"));
    await world.pass(200);
    expect(words(chat)).toEqual(["before", "meanwhile", "after"]);
    expect(server.frames("sync").at(-1)?.cursors).toEqual({ d: 1 });
  });

  it("pages through history when it lags", async () => {
    const { world, server, chat } = await connected();
    server.socket.hangUp(1006);
    for (let n = 1; n <= 450; n++) server.write("d", "she", text(`${n}`), false);
    await world.pass(5000);
    expect(words(chat)).toEqual(Array.from({ length: 450 }, (_, n) => `${n + 1}`));
    expect(server.frames("history").length).toBeGreaterThan(1);
  });

  it("reads everything on after a `lagging` that names no conversation", async () => {
    const { world, server, chat } = await connected();
    server.write("d", "she", text("unpushed"), false);
    server.socket.receive({ type: "lagging" });
    await world.pass(200);
    expect(words(chat)).toEqual(["unpushed"]);
  });

  it("loads earlier pages up to the first event", async () => {
    const { world, chat } = await connected(({ server }) => {
      for (let n = 1; n <= 120; n++) server.write("d", "she", text(`${n}`), false);
    });
    for (let page = 0; page < 5; page++) {
      chat.loadEarlier("d");
      await world.pass(50);
    }
    expect(words(chat)).toHaveLength(120);
    expect(words(chat)[0]).toBe("1");
  });

  it("does not hammer a server that refuses earlier pages", async () => {
    const { world, server, chat } = await connected(({ server }) => {
      server.write("d", "she", text("one"), false);
      server.write("d", "she", text("two"), false);
    });
    server.busy = true;
    for (let painting = 0; painting < 40; painting++) {
      chat.loadEarlier("d");
      await world.pass(100);
    }
    expect(server.frames("history")).toHaveLength(1);
    server.busy = false;
    await world.pass(5000);
    chat.loadEarlier("d");
    await world.pass(50);
    expect(words(chat)).toEqual(["one", "two"]);
  });

  it("lists again when an unknown conversation speaks", async () => {
    const { world, server, chat } = await connected();
    server.open("new");
    server.write("new", "she", text("hi"));
    await world.pass(500);
    expect(words(chat, "new")).toEqual(["hi"]);
  });

  it("lists again when an unknown conversation lags", async () => {
    const { world, server, chat } = await connected();
    server.open("new");
    server.write("new", "she", text("said before it was live here"), false);
    server.socket.receive({ type: "lagging", conv: "new", head: 1 });
    await world.pass(500);
    expect(words(chat, "new")).toEqual(["said before it was live here"]);
  });
});

describe("sending", () => {
  it("shows a message as on its way, then in the log, never twice", async () => {
    const { world, server, chat } = await connected();
    chat.send("d", text("hello"));
    expect(server.frames("send")).toHaveLength(1);
    await world.pass(200);
    expect(words(chat)).toEqual(["hello"]);
    expect(chat.snapshot().outgoing).toEqual([]);
  });

  it("sends again by the same mid after a lost answer, and stores once", async () => {
    const { world, server, chat } = await connected();
    server.loseAcks = true;
    chat.send("d", text("once"));
    await world.pass(1);
    server.loseAcks = false;
    server.socket.hangUp(1006);
    await world.pass(5000);
    expect(words(chat)).toEqual(["once"]);
    expect(chat.snapshot().outgoing).toEqual([]);
    expect(server.rooms.get("d")?.events).toHaveLength(1);
  });

  it("keeps the order of what was written while offline", async () => {
    const { world, server, chat } = await connected();
    server.socket.hangUp(1006);
    for (const each of ["a", "b", "c"]) chat.send("d", text(each));
    expect(chat.snapshot().outgoing.map(({ state }) => state)).toEqual(["queued", "queued", "queued"]);
    await world.pass(5000);
    expect(words(chat)).toEqual(["a", "b", "c"]);
  });

  it("waits and tries again when told so, and lets nothing overtake", async () => {
    const { world, server, chat } = await connected();
    server.refuse = { code: "rate_limited", retry_after: 2 };
    chat.send("d", text("first"));
    await world.pass(1);
    server.refuse = null;
    chat.send("d", text("second"));
    await world.pass(1000);
    expect(words(chat)).toEqual([]);
    await world.pass(2000);
    expect(words(chat)).toEqual(["first", "second"]);
  });

  it("keeps a refused message for the person to decide", async () => {
    const { world, server, chat } = await connected();
    const problems: string[] = [];
    chat.onProblem((code) => problems.push(code));
    server.refuse = { code: "too_long" };
    const mid = chat.send("d", text("long"));
    await world.pass(1);
    expect(chat.snapshot().outgoing[0]).toMatchObject({ state: "failed", code: "too_long" });
    expect(problems).toEqual(["too_long"]);
    server.refuse = null;
    chat.retry(mid);
    await world.pass(200);
    expect(words(chat)).toEqual(["long"]);
  });

  it("forgets a code that was typed as plain text", async () => {
    const { world, server, chat } = await connected();
    server.refuse = { code: "secret_refused" };
    chat.send("d", text("123456"));
    await world.pass(1);
    expect(chat.snapshot().outgoing).toEqual([]);
  });

  it("connects again when an answer never comes", async () => {
    const { world, server, chat } = await connected();
    server.loseAcks = true;
    chat.send("d", text("hello"));
    await world.pass(15_100);
    server.loseAcks = false;
    await world.pass(5000);
    expect(words(chat)).toEqual(["hello"]);
  });

  it("drops the values of a card's answer with its ack", async () => {
    const { world, chat } = await connected();
    chat.submit("d", 1, "confirm", { code: "123456" });
    await world.pass(200);
    expect(JSON.stringify(chat.snapshot().outgoing)).not.toContain("123456");
    expect(words(chat)).toEqual(["card_state"]);
  });
});

describe("positions", () => {
  it("tells what was delivered, and what was read when it was", async () => {
    const { world, server, chat } = await connected();
    server.write("d", "she", text("hello"));
    await world.pass(500);
    expect(server.frames("delivered").at(-1)).toMatchObject({ conv: "d", seq: 1 });
    chat.read("d", 1);
    await world.pass(500);
    expect(server.frames("read")).toHaveLength(1);
    expect(unreadOf(held(chat))).toBe(0);
    await world.pass(5000);
    expect(server.frames("read")).toHaveLength(1);
  });

  it("moves marks only forward", async () => {
    const { server, chat } = await connected();
    const at = (read: number) => server.socket.receive({ type: "marks", conv: "d", user: "she", read, delivered: read });
    at(5);
    at(3);
    expect(positionsOf(held(chat), "she")).toEqual({ read: 5, delivered: 5 });
  });

  it("lets typing end by itself", async () => {
    const { world, server, chat } = await connected();
    server.socket.receive({ type: "typing", conv: "d", user: "she", on: true });
    expect(held(chat).typing).toEqual(["she"]);
    await world.pass(6500);
    expect(held(chat).typing).toEqual([]);
  });

  it("does not tell delivered positions of a feed", async () => {
    const { world, server } = await connected(({ server }) => server.open("f", "feed", "@a"));
    server.write("f", "@a", text("news"));
    await world.pass(500);
    expect(server.frames("delivered").filter(({ conv }) => conv === "f")).toEqual([]);
  });
});
