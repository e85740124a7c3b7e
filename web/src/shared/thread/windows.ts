/** For how long one's own message may still be changed, as far as this screen can know. */

import type { Limits } from "@shared/wire/generated";

export interface Still {
  readonly edit: boolean;
  readonly recall: boolean;
}

/** Before the server has told its limits nothing is withheld: it decides in any case. */
export function stillOpen(limits: Limits | null, staff: boolean, sent: number, now: number): Still {
  if (!limits) return { edit: true, recall: true };
  const age = (now - sent) / 1000;
  return { edit: age <= limits.edit_s, recall: age <= (staff ? limits.staff_recall_s : limits.recall_s) };
}
