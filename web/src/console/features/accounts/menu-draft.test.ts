import { describe, expect, it } from "vitest";
import { draftsOf, replaced } from "./menu-draft";

describe("a menu while it is edited", () => {
  it("keeps what pressing does, and what it does not know is a message", () => {
    const [first, second] = draftsOf([
      { title: "官网", key: "", kind: "view", url: "https://bank.example/", children: [] },
      { title: "更多", key: "", kind: "click", url: "", children: [{ title: "扫一扫", key: "scan", kind: "scancode_push", url: "", children: [] }] },
    ]);
    expect(first).toEqual({ title: "官网", key: "", kind: "view", url: "https://bank.example/", children: [] });
    expect(second?.children).toEqual([{ title: "扫一扫", key: "scan", kind: "click", url: "" }]);
  });

  it("changes one line or takes it out", () => {
    expect(replaced(["a", "b", "c"], 1, "x")).toEqual(["a", "x", "c"]);
    expect(replaced(["a", "b", "c"], 1, null)).toEqual(["a", "c"]);
  });
});
