import { expect, test } from "vitest";
import { yuan } from "./yuan";

test("fen are yuan with two decimals, exactly", () => {
  expect([0, 1, 10, 100, 8880, 500000].map(yuan)).toEqual(["0.00", "0.01", "0.10", "1.00", "88.80", "5000.00"]);
});
