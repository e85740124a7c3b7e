import { expect, test } from "vitest";
import { missingStep } from "./missing-step";

test("the first step that a date has not finished is named", () => {
  expect(missingStep([])).toBe("expire_holds");
  expect(missingStep(["expire_holds", "pay_interest", "accrue_interest"])).toBe("mature_deposits");
});

test("a date that finished them all waits for nothing", () => {
  const all = ["expire_holds", "pay_interest", "accrue_interest", "mature_deposits", "debit_bills"];
  expect(missingStep([...all, "return_gifts", "confirm_funds", "trial_balance", "draw_statements"])).toBe("");
});
