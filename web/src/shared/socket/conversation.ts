/** One conversation as this person sees it: its list line, log, marks and who is typing. Pure values. */

import type { ConversationItem, EventFrame, EventsFrame, Mark, SettingsFrame } from "@shared/wire/generated";
import { isAction, withActions } from "./actions";
import { itemAfter } from "./group-item";
import { emptyLog, withEarlierPage, withEvent, withLaterPage, withoutBefore, type Log } from "./log";

export interface Positions {
  readonly read: number;
  readonly delivered: number;
}

export interface Conversation {
  readonly item: ConversationItem;
  readonly log: Log;
  readonly marks: Readonly<Record<string, Positions>>;
  readonly typing: readonly string[];
  readonly loadingEarlier: boolean;
  /** The newest message, held in the log or told by the list. */
  readonly last: EventFrame | null;
  /** How many unread-counting messages there are, and how many of them are read or one's own. */
  readonly count: number;
  readonly readCount: number;
}

const NOWHERE: Positions = { read: 0, delivered: 0 };

export function positionsOf(conversation: Conversation, user: string): Positions {
  return conversation.marks[user] ?? NOWHERE;
}

export function unreadOf(conversation: Conversation): number {
  return Math.max(0, conversation.count - conversation.readCount);
}

/** A line of the list: new, or read again after a reconnect (the log held so far stays). */
export function withItem(known: Conversation | undefined, item: ConversationItem): Conversation {
  const last = item.last ?? null;
  const count = last?.n ?? known?.count ?? item.unread;
  const counts = { count: Math.max(count, known?.count ?? 0), readCount: count - item.unread };
  // What was changed on this connection may have overtaken the list.
  if (known && item.version < known.item.version) return known;
  if (known) return beginningAt({ ...known, item, ...counts, last: newest(known.last, last) }, item.first_seq);
  const atHead = last?.seq === item.head;
  const log = emptyLog(atHead ? item.head - 1 : item.head, item.first_seq);
  return {
    item,
    log: atHead && last ? withEvent(log, last) : log,
    marks: {},
    typing: [],
    loadingEarlier: false,
    last,
    ...counts,
  };
}

export function withPushed(known: Conversation, event: EventFrame, me: string): Conversation {
  const typing = known.typing.filter((user) => user !== event.from);
  const sent = event.from === me && event.mid === known.item.draft?.mid;
  const item = sent ? { ...known.item, draft: null } : known.item;
  return relog(me, { ...known, item, typing }, withEvent(known.log, event));
}

export function withPage(
  known: Conversation,
  page: EventsFrame,
  way: "after" | "before",
  me: string,
): Conversation {
  if (way === "after") return relog(me, known, withLaterPage(known.log, page));
  return relog(me, { ...known, loadingEarlier: false }, withEarlierPage(known.log, page));
}

/** Positions only move forward. `me` moves what counts as read. */
export function withMark(known: Conversation, mark: Mark, me: string): Conversation {
  const before = positionsOf(known, mark.user);
  const after = {
    read: Math.max(before.read, mark.read ?? 0),
    delivered: Math.max(before.delivered, mark.delivered ?? 0, mark.read ?? 0),
  };
  const moved = { ...known, marks: { ...known.marks, [mark.user]: after } };
  return mark.user === me ? { ...moved, readCount: readCountAt(moved, after.read, me) } : moved;
}

/** What this person changed for themselves, on any device; the highest version is the last. */
export function withSettings(known: Conversation, told: SettingsFrame, me: string): Conversation {
  if (told.version < known.item.version) return known;
  const { version, first_seq, pinned = false, muted = false, marked = false, hidden_seq = 0, draft = null } = told;
  const item = { ...known.item, version, first_seq, pinned, muted, marked, hidden_seq, draft };
  if (first_seq <= known.item.first_seq) return { ...known, item };
  return beginningAt({ ...known, item, readCount: readCountAt(known, first_seq - 1, me) }, first_seq);
}

/** Whether the line is left out of the list until somebody writes. */
export function isHidden({ item, log }: Conversation): boolean {
  return Math.max(item.head, log.high) < (item.hidden_seq ?? 0);
}

export function withTyping(known: Conversation, user: string, on: boolean): Conversation {
  const others = known.typing.filter((other) => other !== user);
  return { ...known, typing: on ? [...others, user] : others };
}

function relog(me: string, known: Conversation, next: Log): Conversation {
  const from = Math.max(known.log.high, known.item.head);
  const actions = next.events === known.log.events ? [] : next.events.filter(isAction);
  const log = actions.length ? { ...next, events: withActions(next.events, actions, me) } : next;
  const former = known.last && withActions([known.last], actions, me)[0];
  const newestHeld = log.events.findLast((event) => event.kind === "message") ?? null;
  const count = Math.max(known.count, log.events.at(-1)?.n ?? 0);
  const fresh = next.events === known.log.events ? [] : log.events.filter(({ seq }) => seq > from);
  const told = fresh.filter(({ kind }) => kind === "member");
  const readCount = known.readCount + fresh.filter((event) => isOwn(event, me)).length;
  return { ...known, item: told.reduce(itemAfter, known.item), log, count, readCount, last: newest(former ?? null, newestHeld) };
}

function readCountAt(known: Conversation, seq: number, me: string): number {
  if (seq >= known.log.high) return known.count;
  const held = known.log.events.find((event) => event.seq >= seq);
  if (!held || held.seq > seq + 1) return known.readCount;
  const before = held.seq === seq || held.kind !== "message" ? held.n : held.n - 1;
  const own = known.log.events.filter((event) => event.seq > seq && isOwn(event, me));
  return Math.max(known.readCount, before + own.length);
}

/** What one wrote oneself is never unread. */
function isOwn({ from, kind }: EventFrame, me: string): boolean {
  return from === me && kind === "message";
}

function beginningAt(known: Conversation, firstSeq: number): Conversation {
  if (firstSeq <= known.log.firstSeq) return known;
  const last = known.last && known.last.seq >= firstSeq ? known.last : null;
  return { ...known, log: withoutBefore(known.log, firstSeq), last };
}

function newest(a: EventFrame | null, b: EventFrame | null): EventFrame | null {
  if (!a || !b) return a ?? b;
  return b.seq >= a.seq ? b : a;
}
