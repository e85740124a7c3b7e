/**
 * What the screen calls a chat. A public account's `service` and `feed` are one thread,
 * merged by (`ts`, `conv`, `seq`); every other conversation is a thread of its own.
 */

import type { ConversationItem, EventFrame } from "@shared/wire/generated";
import { isHidden, positionsOf, unreadOf, type Conversation } from "../socket/conversation";
import { hasEarlier } from "../socket/log";
import type { Outgoing } from "../socket/outbox";

export interface Thread {
  /** The public account, or the conversation: names the thread in addresses. */
  readonly key: string;
  /** `case`: a customer's conversation with a public account, as its staff see it. */
  readonly kind: "account" | "direct" | "group" | "case";
  readonly title: string;
  readonly badge: string;
  readonly parts: readonly Conversation[];
  /** Where this person's words go; null when they can only read. */
  readonly conv: string | null;
  readonly last: EventFrame | null;
  readonly unread: number;
  /** What this person chose for it. `marked`: as unread. `hidden`: left out until somebody writes. */
  readonly pinned: boolean;
  readonly muted: boolean;
  readonly marked: boolean;
  readonly hidden: boolean;
  /** What they have begun to write here. */
  readonly draft: string;
}

export function threadsOf(conversations: Iterable<Conversation>): Thread[] {
  const groups = new Map<string, Conversation[]>();
  for (const conversation of conversations) {
    const key = threadKey(conversation);
    groups.set(key, [...(groups.get(key) ?? []), conversation]);
  }
  return [...groups].map(([key, parts]) => threadOf(key, parts)).sort(byRank);
}

function threadKey({ item }: Conversation): string {
  const ofAccount = item.kind === "service" || item.kind === "feed";
  return ofAccount && item.peer && !isCase(item) ? item.peer : item.conv;
}

function threadOf(key: string, parts: Conversation[]): Thread {
  const main = parts.find(({ item }) => item.kind !== "feed") ?? parts[0];
  if (!main) throw new Error("a thread has a conversation");
  const { item } = main;
  const last = parts.flatMap((part) => part.last ?? []).sort(byTime).at(-1) ?? null;
  const kind = item.kind === "direct" || item.kind === "group" ? item.kind : isCase(item) ? "case" : "account";
  return {
    key,
    kind,
    title: item.title,
    badge: item.badge ?? "",
    parts,
    conv: (item.writable ?? true) && item.kind !== "feed" ? item.conv : null,
    last,
    unread: parts.reduce((sum, part) => sum + unreadOf(part), 0),
    pinned: parts.some((part) => part.item.pinned),
    muted: parts.every((part) => part.item.muted),
    marked: parts.some((part) => part.item.marked),
    hidden: parts.every(isHidden),
    draft: item.draft?.text ?? "",
  };
}

/** The other side of a service conversation is the account for its customer, and the customer for staff. */
function isCase({ kind, peer = "" }: ConversationItem): boolean {
  return kind === "service" && peer !== "" && !peer.startsWith("@");
}

/** Whether somebody named this person in what they have not read; as far as it is held here. */
export function isMentioned(thread: Thread, me: string): boolean {
  return thread.parts.some((part) => {
    const read = Math.max(positionsOf(part, me).read, part.item.read);
    if ((part.item.mention ?? 0) > read) return true;
    return part.log.events.some(({ seq, from, body }) => {
      const named = ("about" in body && body.about?.mentions) || [];
      return seq > read && from !== me && (named.includes(me) || named.includes("*"));
    });
  });
}

/** The other one of a direct conversation; empty for every other thread. */
export function peerOf({ kind, parts }: Thread): string {
  return kind === "direct" ? (parts[0]?.item.peer ?? "") : "";
}

/** How many are in a group. */
export function membersOf(thread: Thread): number {
  return thread.parts[0]?.item.members ?? 0;
}

/** What calls for attention: a muted thread does only by this person's name. */
export function badgeOf(thread: Thread, me: string): number {
  if (thread.muted) return thread.unread > 0 && isMentioned(thread, me) ? 1 : 0;
  return thread.unread || Number(thread.marked);
}

/** My account manager first, then what is pinned, then who wrote last. */
function byRank(a: Thread, b: Thread): number {
  const manager = Number(b.badge === "manager") - Number(a.badge === "manager");
  return manager || Number(b.pinned) - Number(a.pinned) || (b.last?.ts ?? 0) - (a.last?.ts ?? 0) || a.title.localeCompare(b.title);
}

export function byTime(a: EventFrame, b: EventFrame): number {
  return a.ts - b.ts || (a.conv < b.conv ? -1 : a.conv > b.conv ? 1 : 0) || a.seq - b.seq;
}

/**
 * The events that can be shown without a hole: nothing older than the oldest event held of a
 * part that has earlier ones on the server, for its next page would land in between.
 */
export function eventsOf(thread: Thread): EventFrame[] {
  const horizon = Math.max(...thread.parts.map(horizonOf));
  return thread.parts
    .flatMap((part) => part.log.events)
    .filter((event) => event.ts >= horizon)
    .sort(byTime);
}

/** The parts whose next earlier page comes next on the screen. */
export function earlierOf(thread: Thread): string[] {
  const open = thread.parts.filter((part) => hasEarlier(part.log));
  const horizon = Math.max(...open.map(horizonOf));
  return open.filter((part) => horizonOf(part) === horizon).map((part) => part.item.conv);
}

function horizonOf(part: Conversation): number {
  if (!hasEarlier(part.log)) return -Infinity;
  return part.log.events[0]?.ts ?? Infinity;
}

export function outgoingOf(thread: Thread, outgoing: readonly Outgoing[]): Outgoing[] {
  const convs = new Set(thread.parts.map((part) => part.item.conv));
  return outgoing.filter(({ frame }) => frame.type === "send" && convs.has(frame.conv));
}
