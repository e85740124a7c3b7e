/** The steps of a day-end in their order, and the first that a date has not finished. */

const STEPS = [
  "expire_holds",
  "pay_interest",
  "accrue_interest",
  "mature_deposits",
  "debit_bills",
  "return_gifts",
  "confirm_funds",
  "trial_balance",
  "draw_statements",
] as const;

export function missingStep(finished: readonly string[]): string {
  return STEPS.find((step) => !finished.includes(step)) ?? "";
}
