/** Who answered in a service conversation, as its log tells. */

import type { EventFrame } from "@shared/wire/generated";

/** User → name of every agent whom the log says to have served. */
export function agentsIn(events: readonly EventFrame[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { body } of events) {
    if (body.type === "assign" && body.agent && body.name) names.set(body.agent, body.name);
  }
  return names;
}

/** The place of the newest word about who serves; 0 when there was none. */
export function servingAge(events: readonly EventFrame[]): number {
  return events.findLast(({ body }) => body.type === "assign")?.seq ?? 0;
}
