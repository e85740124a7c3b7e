import { describe, expect, it } from "vitest";
import { en } from "./en";
import { wordsIn } from "./language";
import { zhCN, type TextKey } from "./zh-CN";

const keys = Object.keys(zhCN) as TextKey[];
const holes = (words: string) => [...words.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

describe("the catalogue", () => {
  it("has the same keys in both languages", () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
  });

  it("has words for every key, with the same values in them", () => {
    for (const key of keys) {
      expect(en[key].trim(), key).not.toBe("");
      expect(holes(en[key]), key).toEqual(holes(zhCN[key]));
    }
  });

  it("speaks no Chinese in English, but for the name", () => {
    const chinese = keys.filter((key) => /\p{Script=Han}/u.test(en[key].replace("融e联", "")));
    expect(chinese).toEqual([]);
  });

  it("fills values in", () => {
    expect(wordsIn("en").t("broadcast.audienceN", { count: 5 })).toBe("5 followers");
  });

  it("has words for an error that it does not know", () => {
    expect(wordsIn("zh-CN").errorText("no_such_error")).toBe(zhCN["error.internal"]);
    expect(wordsIn("zh-CN").errorText("secret_refused")).toBe(zhCN["error.secret_refused"]);
  });
});
