import { expect, test } from "vitest";
import { wordsIn } from "../text/language";
import { clockWords, nextClock, spanWords } from "./clocks";
import type { ClockItem } from "./shapes";

const { t } = wordsIn("zh-CN");
const clock = (name: ClockItem["name"], left_s: number, state: ClockItem["state"] = "running"): ClockItem => ({
  name,
  left_s,
  state,
  due: 1,
  ended: state === "met",
});
const next = (clocks: ClockItem[], elapsedMs = 0) => nextClock({ clocks, state: "waiting" }, elapsedMs);

test("the clock that runs out first is shown, and goes on between two answers", () => {
  expect(next([clock("resolution", 3600), clock("first_response", 60)], 10_000)).toEqual({
    name: "first_response",
    leftMs: 50_000,
    tone: "calm",
  });
});

test("a clock warns, is late, stands still", () => {
  expect(next([clock("first_response", 10, "warned")])?.tone).toBe("warn");
  expect(next([clock("first_response", 10, "warned")], 15_000)).toMatchObject({ leftMs: -5000, tone: "late" });
  expect(next([clock("next_response", 30, "paused")], 60_000)).toMatchObject({ leftMs: 30_000, tone: "still" });
});

test("what was met, and a case that is over, have no clock", () => {
  expect(next([clock("first_response", 10, "met")])).toBeNull();
  expect(next([{ ...clock("first_response", -10, "breached"), ended: true }])).toBeNull();
  expect(nextClock({ clocks: [clock("resolution", 5)], state: "closed" }, 0)).toBeNull();
});

test("clocks and waits read well", () => {
  const face = { name: "first_response", leftMs: 50_000, tone: "calm" } as const;
  expect(clockWords(face, t)).toBe("剩余 00:50");
  expect(clockWords({ ...face, leftMs: -65_000, tone: "late" }, t)).toBe("超时 01:05");
  expect(spanWords(20, t)).toBe("不到 1 分钟");
  expect(spanWords(240, t)).toBe("4 分钟");
  expect(spanWords(3900, t)).toBe("1 小时 5 分钟");
});
