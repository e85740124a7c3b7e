import { describe, expect, it } from "vitest";
import { bodyOfWords } from "./words";

describe("words", () => {
  it("are a link when they are an address and nothing else", () => {
    const url = "https://www.example.com/rates?y=2026";
    expect(bodyOfWords(url, "direct")).toEqual({ type: "link", url, title: "www.example.com/rates?y=2026" });
    expect(bodyOfWords("http://example.com/", "group")).toMatchObject({ type: "link", title: "example.com" });
  });

  it("are words otherwise, and always for a bot", () => {
    for (const words of ["见 https://example.com", "https://", "javascript:alert(1)", "https://me:pw@example.com", "https://a b"]) {
      expect(bodyOfWords(words, "direct")).toEqual({ type: "text", text: words });
    }
    expect(bodyOfWords("https://example.com", "service").type).toBe("text");
    expect(bodyOfWords(`https://example.com/${"x".repeat(3000)}`, "direct").type).toBe("text");
  });
});
