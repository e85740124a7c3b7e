import { describe, expect, it } from "vitest";
import { cardAddress, cardOf } from "./card-address";

const CARD = "3qkX_Zk2Yc9hN4s0bQ7vR1tU5wL8mJ6f";

describe("a contact's link", () => {
  it("gives its card back", () => {
    expect(cardOf(` ${cardAddress(CARD)} `)).toBe(CARD);
    expect(cardOf(CARD)).toBe(CARD);
  });

  it("is told from everything else", () => {
    for (const text of ["", "13800000002", "https://bank.example/#/join/abcdefghijklmnopqrstuvwxyz", `${CARD}?x`, "李娜"]) {
      expect(cardOf(text)).toBe("");
    }
  });
});
