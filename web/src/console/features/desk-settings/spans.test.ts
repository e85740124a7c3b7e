import { expect, test } from "vitest";
import { spansIn, spanText } from "./spans";

test("hours are read as people type them, and shown in one way", () => {
  expect(spansIn("9:00-12:00，13：30～18:00")).toEqual([
    ["09:00", "12:00"],
    ["13:30", "18:00"],
  ]);
  expect(spansIn("00:00-24:00")).toEqual([["00:00", "24:00"]]);
  expect(spanText([["09:00", "12:00"], ["13:30", "18:00"]])).toBe("09:00-12:00, 13:30-18:00");
});

test("nothing typed means closed", () => {
  expect(spansIn("  ")).toEqual([]);
});

test("hours that end before they begin, overlap or are none are refused", () => {
  expect(spansIn("18:00-09:00")).toBeNull();
  expect(spansIn("09:00-12:00, 11:00-18:00")).toBeNull();
  expect(spansIn("25:00-26:00")).toBeNull();
  expect(spansIn("morning")).toBeNull();
});
