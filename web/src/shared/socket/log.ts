/**
 * The part of one conversation's log that this screen holds: pure values.
 *
 * `events` is one unbroken stretch that ends at `high`. What arrives beyond a gap waits in
 * `ahead` until history has filled the gap, so nothing is shown twice, or over a hole.
 */

import type { EventFrame, EventsFrame } from "@shared/wire/generated";

export interface Log {
  readonly events: readonly EventFrame[];
  readonly high: number;
  readonly firstSeq: number;
  readonly ahead: readonly EventFrame[];
}

/** Nothing held yet; what is pushed after `head` follows on. */
export function emptyLog(head: number, firstSeq: number): Log {
  return { events: [], high: head, firstSeq, ahead: [] };
}

export function lowest(log: Log): number {
  return log.events[0]?.seq ?? log.high + 1;
}

export function hasEarlier(log: Log): boolean {
  return lowest(log) > log.firstSeq;
}

export function hasGap(log: Log): boolean {
  return log.ahead.length > 0;
}

export function withEvent(log: Log, event: EventFrame): Log {
  if (event.seq <= log.high || log.ahead.some((held) => held.seq === event.seq)) return log;
  const ahead = [...log.ahead, event].sort((a, b) => a.seq - b.seq);
  return absorb({ ...log, ahead });
}

/** A page asked for with `after`: it follows on whatever is held. */
export function withLaterPage(log: Log, page: EventsFrame): Log {
  const later = page.events.filter((event) => event.seq > log.high);
  const reached = page.more ? 0 : page.head;
  const high = Math.max(log.high, later.at(-1)?.seq ?? 0, reached);
  return absorb({ ...log, high, events: [...log.events, ...later] });
}

/** A page asked for with `before`: it goes in front. */
export function withEarlierPage(log: Log, page: EventsFrame): Log {
  const low = lowest(log);
  const earlier = page.events.filter((event) => event.seq < low);
  const events = [...earlier, ...log.events];
  const firstSeq = page.more ? page.first_seq : (events[0]?.seq ?? low);
  return { ...log, events, firstSeq };
}

/** Nothing before `firstSeq` may be read any more. */
export function withoutBefore(log: Log, firstSeq: number): Log {
  const kept = (events: readonly EventFrame[]) => events.filter(({ seq }) => seq >= firstSeq);
  const high = Math.max(log.high, firstSeq - 1);
  return absorb({ events: kept(log.events), high, firstSeq: Math.max(log.firstSeq, firstSeq), ahead: kept(log.ahead) });
}

function absorb(log: Log): Log {
  const ahead = log.ahead.filter((event) => event.seq > log.high);
  let high = log.high;
  const follow = ahead.filter((event) => {
    if (event.seq !== high + 1) return false;
    high = event.seq;
    return true;
  });
  return { ...log, high, events: [...log.events, ...follow], ahead: ahead.slice(follow.length) };
}
