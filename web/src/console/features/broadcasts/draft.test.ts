import { describe, expect, it } from "vitest";
import { bodyFits, draftOf, paragraphsOf } from "./draft";

describe("paragraphsOf", () => {
  it("ends a paragraph at an empty line and keeps a line break inside one", () => {
    expect(paragraphsOf("one\nstill one\n\n  \n\ntwo \n")).toEqual(["one\nstill one", "two"]);
  });
});

describe("bodyFits", () => {
  it("knows the server's limits", () => {
    expect(bodyFits("x".repeat(2000))).toBe(true);
    expect(bodyFits("x".repeat(2001))).toBe(false);
    expect(bodyFits("x\n\n".repeat(100))).toBe(true);
    expect(bodyFits("x\n\n".repeat(101))).toBe(false);
  });
});

describe("draftOf", () => {
  it("makes a draft of a form that is only half filled in", () => {
    expect(draftOf({ articles: [undefined, { title: " T " }] })).toEqual({
      account: "",
      articles: [
        { title: "", digest: "", paragraphs: [], cover: "" },
        { title: "T", digest: "", paragraphs: [], cover: "" },
      ],
    });
  });
});
