/** Words of the bank's own screens, in English. */

import type { bankZh } from "./zh-CN";

export const bankEn: Record<keyof typeof bankZh, string> = {
  "console.bankDays": "Business days",
  "bank.day": "Business date",
  "bank.state": "State",
  "bank.closed": "Closed",
  "bank.closing": "Being closed",
  "bank.stuck": "Not finished: {step}",
  "bank.closedAt": "Closed at",
  "bank.steps": "Steps done",
  "bank.head": "Last entry of the journal, and its hash",
  "bank.here": "This server closes dates at their hour: each once, going on where it was cut short.",
  "bank.elsewhere": "The bank core closes its dates itself; they are only shown here.",
  "bank.none": "No business date has come to its end yet.",
  "bank.newer": "Refresh",
  "bank.step.expire_holds": "Holds expired",
  "bank.step.pay_interest": "Interest paid",
  "bank.step.accrue_interest": "Interest accrued",
  "bank.step.mature_deposits": "Deposits matured",
  "bank.step.debit_bills": "Bills debited",
  "bank.step.return_gifts": "Gifts returned",
  "bank.step.confirm_funds": "Funds confirmed",
  "bank.step.trial_balance": "Trial balance",
  "bank.step.draw_statements": "Statements drawn",
};
