import { describe, expect, it } from "vitest";
import { freshOf, quietAt } from "./hidden";

const thread = (key: string, unread: number, muted = false) => ({ key, unread, muted });

describe("what the page tells while nobody looks", () => {
  it("is what is new, and not what was there or is muted", () => {
    const before = new Map([["a", 1], ["b", 0], ["c", 0]]);
    const now = [thread("a", 1), thread("b", 2), thread("c", 3, true), thread("d", 4)];
    expect(freshOf(before, now).map(({ key }) => key)).toEqual(["b"]);
  });

  it("keeps quiet when asked to, on the person's own clock", () => {
    const at = 1_770_000_000_000; // 10:40 in Shanghai, 03:40 in Berlin
    const hours = (quiet_from: string, quiet_until: string, zone: string) =>
      quietAt(at, { quiet_from, quiet_until, zone });
    expect(hours("", "", "UTC")).toBe(false);
    expect(hours("22:00", "08:00", "Asia/Shanghai")).toBe(false);
    expect(hours("22:00", "08:00", "Europe/Berlin")).toBe(true);
    expect(hours("10:40", "10:41", "Asia/Shanghai")).toBe(true);
    expect(hours("10:41", "10:40", "Asia/Shanghai")).toBe(false);
  });
});
