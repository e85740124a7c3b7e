import { expect, test } from "vitest";
import { wordsIn } from "../../../shared/text/language";
import { ranked, stepWords, wordsOf } from "./steps";

const { t } = wordsIn("en");

test("a question is named by what it asks for", () => {
  expect(stepWords("asked:amount", t)).toBe("Asked for: amount");
  expect(stepWords("confirm", t)).toBe("Confirm card");
});

test("what has no words yet is shown as it is", () => {
  expect(stepWords("asked:shoe_size", t)).toBe("Asked for: shoe_size");
  expect(wordsOf("skill", "new_skill", t)).toBe("new_skill");
});

test("the largest count comes first, equals in a steady order", () => {
  expect(ranked({ b: 1, a: 1, c: 5 })).toEqual([
    ["c", 5],
    ["a", 1],
    ["b", 1],
  ]);
});
