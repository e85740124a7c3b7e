import { describe, expect, it } from "vitest";
import type { AppearFrame, WatchFrame } from "@shared/wire/generated";
import { PresenceBook } from "./presence";
import { World } from "./testing/world";

function book() {
  const world = new World();
  const sent: (WatchFrame | AppearFrame)[] = [];
  let online = true;
  const made = new PresenceBook(world, (frame) => online && sent.push(frame) > 0);
  return {
    world,
    book: made,
    watched: () => sent.flatMap((frame) => (frame.type === "watch" ? [frame.users] : [])),
    appeared: () => sent.flatMap((frame) => (frame.type === "presence" ? [frame.state] : [])),
    drop: () => {
      online = false;
      made.end();
    },
    restore: () => {
      online = true;
      made.begin();
    },
  };
}

describe("presence", () => {
  it("asks once for all that the screens show together", async () => {
    const { world, book: presence, watched } = book();
    presence.show(["ann"]);
    presence.show(["bob", "ann"]);
    await world.pass(200);
    expect(watched()).toEqual([["ann", "bob"]]);
  });

  it("goes on watching whom another screen still shows", async () => {
    const { world, book: presence, watched } = book();
    const hide = presence.show(["ann", "bob"]);
    presence.show(["bob"]);
    await world.pass(200);
    presence.hear({ type: "presence", user: "ann", state: "online" });
    presence.hear({ type: "presence", user: "bob", state: "away" });
    hide();
    await world.pass(200);
    expect(watched().at(-1)).toEqual(["bob"]);
    expect([...presence.snapshot().keys()]).toEqual(["bob"]);
  });

  it("says nothing when a screen goes and the next shows the same", async () => {
    const { world, book: presence, watched } = book();
    const hide = presence.show(["ann"]);
    await world.pass(200);
    hide();
    presence.show(["ann"]);
    await world.pass(200);
    expect(watched()).toEqual([["ann"]]);
  });

  it("forgets with the connection and asks again on the next", async () => {
    const { world, book: presence, watched, appeared, drop, restore } = book();
    presence.show(["ann"]);
    presence.appear(true);
    await world.pass(200);
    presence.hear({ type: "presence", user: "ann", state: "offline", last_seen: 60_000 });
    expect(presence.snapshot().get("ann")).toEqual({ state: "offline", lastSeen: 60_000 });
    drop();
    expect(presence.snapshot().size).toBe(0);
    restore();
    expect(watched()).toEqual([["ann"], ["ann"]]);
    expect(appeared()).toEqual(["away", "away"]);
  });

  it("watches no more than the server takes, and the latest of them", async () => {
    const { world, book: presence, watched } = book();
    presence.show(Array.from({ length: 250 }, (_, n) => `u${n}`));
    presence.show(["last"]);
    await world.pass(200);
    expect(watched()[0]).toHaveLength(200);
    expect(watched()[0]).toContain("last");
  });

  it("tells a change of being there once", () => {
    const { book: presence, appeared } = book();
    for (const away of [false, true, true, false]) presence.appear(away);
    expect(appeared()).toEqual(["away", "online"]);
  });
});
