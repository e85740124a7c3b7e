import { describe, expect, it } from "vitest";
import { mentionsIn, soughtIn, withName } from "./mention-picker";

describe("naming somebody", () => {
  it("begins at an @ that is no part of a word", () => {
    expect(soughtIn("@")).toBe("");
    expect(soughtIn("请@李")).toBe("李");
    expect(soughtIn("see @Li")).toBe("Li");
    expect(soughtIn("a@b.com")).toBeNull();
    expect(soughtIn("@李娜 好")).toBeNull();
  });

  it("puts the name in place of what was typed", () => {
    expect(withName("请@李", { user: "lina", name: "李娜" })).toBe("请@李娜 ");
  });

  it("tells of those whose names still stand there, once", () => {
    const named = [
      { user: "lina", name: "李娜" },
      { user: "lina", name: "李娜" },
      { user: "zhangwei", name: "张伟" },
    ];
    expect(mentionsIn("@李娜 您好", named)).toEqual(["lina"]);
    expect(mentionsIn("您好", named)).toEqual([]);
  });
});
