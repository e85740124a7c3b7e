/**
 * What edits, recalls and reactions of the log make of the messages that are held. Pure values.
 *
 * A page from the server has its messages as they read at its time: `changed_seq` says which
 * actions are in them already, so that none counts twice.
 */

import type { Body, EventFrame, ReactionCount } from "@shared/wire/generated";

type Action = Extract<Body, { type: "edit" | "recall" | "reaction" }>;

export function isAction(event: EventFrame): boolean {
  return event.kind === "edit" || event.kind === "recall" || event.kind === "reaction";
}

/** The events with all of the actions applied, which ascend by seq. Unchanged ones stay the same value. */
export function withActions(
  events: readonly EventFrame[],
  actions: readonly EventFrame[],
  me: string,
): readonly EventFrame[] {
  const byTarget = new Map<number, EventFrame[]>();
  for (const action of actions) {
    const target = targetOf(action.body);
    if (target !== null) byTarget.set(target, [...(byTarget.get(target) ?? []), action]);
  }
  if (!byTarget.size) return events;
  const recalled = new Set(actions.flatMap(({ body }) => (body.type === "recall" ? [body.target] : [])));
  return events.map((event) => {
    // The words of a recalled message leave this screen's memory with the edits of it.
    if (event.body.type === "edit" && recalled.has(event.body.target)) return { ...event, body: RECALLED };
    return (byTarget.get(event.seq) ?? []).reduce((now, action) => applied(now, action, me), event);
  });
}

const RECALLED: Body = { type: "recalled" };

function targetOf(body: Body): number | null {
  return body.type === "edit" || body.type === "recall" || body.type === "reaction" ? body.target : null;
}

function applied(message: EventFrame, action: EventFrame, me: string): EventFrame {
  if (action.seq <= (message.changed_seq ?? 0)) return message;
  const changed = { ...message, changed_seq: action.seq };
  const body = action.body as Action;
  switch (body.type) {
    case "edit":
      return { ...changed, body: body.body, edited: true };
    case "recall":
      return { ...changed, body: RECALLED, edited: false, reactions: [] };
    case "reaction":
      return { ...changed, reactions: counted(message.reactions ?? [], body, action.from === me) };
  }
}

function counted(
  counts: readonly ReactionCount[],
  { emoji, was }: Extract<Action, { type: "reaction" }>,
  own: boolean,
): ReactionCount[] {
  const less = counts.map((one) =>
    one.emoji === was ? { ...one, count: one.count - 1, mine: (one.mine ?? false) && !own } : one,
  );
  const listed = less.some((one) => one.emoji === emoji) || !emoji ? less : [...less, { emoji, count: 0 }];
  return listed
    .map((one) => (one.emoji === emoji ? { ...one, count: one.count + 1, mine: own || (one.mine ?? false) } : one))
    .filter((one) => one.count > 0);
}
