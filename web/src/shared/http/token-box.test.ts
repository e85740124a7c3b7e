import { describe, expect, it, vi } from "vitest";
import { TokenBox, type TokenBoxWorld } from "./token-box";

function worldOf(answers: { status: number; body: unknown }[]) {
  const kept = new Map<string, string>();
  const asked: unknown[] = [];
  let now = 0;
  const world: TokenBoxWorld = {
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    },
    fetch: vi.fn((_path: unknown, init?: RequestInit) => {
      asked.push(JSON.parse(init?.body as string));
      const answer = answers.shift();
      if (!answer) return Promise.reject(new TypeError("no network"));
      return Promise.resolve(new Response(JSON.stringify(answer.body), { status: answer.status }));
    }),
    now: () => now,
    newId: () => "new",
    startOver: vi.fn(),
    exclusively: (_name, run) => run(),
  };
  return { world, kept, asked, pass: (ms: number) => (now += ms) };
}

const tokens = (n: number) => ({
  status: 200,
  body: { access_token: `a${n}`, refresh_token: `r${n}`, expires_in: 60, user: "me" },
});

describe("TokenBox", () => {
  it("keeps the access token in memory only, and the refresh token for next time", async () => {
    const { world, kept } = worldOf([tokens(1)]);
    const box = new TokenBox("client", world);
    await box.logIn("me", "secret");
    expect(await box.access()).toBe("a1");
    expect([...kept.values()]).toEqual(["web-new", "r1"]);
  });

  it("refreshes once for many who ask, each time with the newest token", async () => {
    const { world, asked, pass } = worldOf([tokens(1), tokens(2), tokens(3)]);
    const box = new TokenBox("client", world);
    await box.logIn("me", "secret");
    pass(60_000);
    expect(await Promise.all([box.access(), box.access()])).toEqual(["a2", "a2"]);
    pass(60_000);
    expect(await box.access()).toBe("a3");
    expect(asked.slice(1)).toEqual([
      { refresh_token: "r1", device: "web-new" },
      { refresh_token: "r2", device: "web-new" },
    ]);
  });

  it("forgets a session that the server ended", async () => {
    const { world, kept } = worldOf([tokens(1), { status: 401, body: { code: "session_revoked", message: "" } }]);
    const box = new TokenBox("client", world);
    await box.logIn("me", "secret");
    expect(await box.access(true)).toBeNull();
    expect(box.loggedIn()).toBe(false);
    expect([...kept.keys()]).toEqual(["elian.client.device"]);
  });

  it("starts over when another tab logged in as somebody else", async () => {
    const { world } = worldOf([tokens(1), { ...tokens(2), body: { ...tokens(2).body, user: "she" } }]);
    const box = new TokenBox("client", world);
    await box.logIn("me", "secret");
    await box.access(true);
    expect(world.startOver).toHaveBeenCalledOnce();
  });

  it("does not log out because the network is gone", async () => {
    const { world } = worldOf([tokens(1)]);
    const box = new TokenBox("client", world);
    await box.logIn("me", "secret");
    await expect(box.access(true)).rejects.toMatchObject({ code: "offline" });
    expect(box.loggedIn()).toBe(true);
  });
});
