/** The lines of a thread on the screen: events, what is still on its way, and times in between. */

import type { AssignBody, ClientBody, EventFrame, MemberChangeBody } from "@shared/wire/generated";
import type { Outgoing } from "../socket/outbox";

export type Row =
  | { readonly kind: "time"; readonly key: string; readonly ts: number }
  | { readonly kind: "event"; readonly key: string; readonly event: EventFrame }
  | { readonly kind: "member"; readonly key: string; readonly event: EventFrame; readonly body: MemberChangeBody }
  | { readonly kind: "assign"; readonly key: string; readonly body: AssignBody }
  | { readonly kind: "outgoing"; readonly key: string; readonly item: Outgoing; readonly body: ClientBody };

const PAUSE_MS = 5 * 60_000;

export function rowsOf(events: readonly EventFrame[], outgoing: readonly Outgoing[], me: string): Row[] {
  const rows: Row[] = [];
  let before = -Infinity;
  const at = (ts: number, key: string) => {
    if (ts - before > PAUSE_MS) rows.push({ kind: "time", key: `time ${key}`, ts });
    before = ts;
  };
  for (const event of events) {
    if (event.body.type === "member") {
      const key = `${event.conv} ${event.seq}`;
      at(event.ts, key);
      rows.push({ kind: "member", key, event, body: event.body });
    }
    if (event.body.type === "assign") {
      const key = `${event.conv} ${event.seq}`;
      at(event.ts, key);
      rows.push({ kind: "assign", key, body: event.body });
    }
    if (event.kind !== "message") continue;
    // The key of a message that this screen sent stays, from its way out to its place in the log.
    const key = event.from === me ? event.mid : `${event.conv} ${event.seq}`;
    at(event.ts, key);
    rows.push({ kind: "event", key, event });
  }
  for (const item of outgoing) {
    if (item.frame.type !== "send") continue;
    at(item.at, item.frame.mid);
    rows.push({ kind: "outgoing", key: item.frame.mid, item, body: item.frame.body });
  }
  return rows;
}
