/** What is told by the page itself: it is open and takes messages, but nobody looks at it. */

import type { NotificationWishes } from "@shared/wire/generated";
import type { Thread } from "../thread/thread";

type Heard = Pick<Thread, "key" | "unread" | "muted">;

/** Threads in which something new came since `before`; what was never seen before is no news. */
export function freshOf<T extends Heard>(before: ReadonlyMap<string, number>, threads: readonly T[]): T[] {
  return threads.filter(({ key, unread, muted }) => {
    const known = before.get(key);
    return known !== undefined && unread > known && !muted;
  });
}

/** Whether it is quiet at that time, on the clock of the person's own zone. */
export function quietAt(now: number, { quiet_from = "", quiet_until = "", zone = "Asia/Shanghai" }: NotificationWishes): boolean {
  if (!quiet_from || quiet_from === quiet_until) return false;
  const clock = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const here = new Intl.DateTimeFormat("en-GB", clock).format(now);
  return quiet_from < quiet_until
    ? quiet_from <= here && here < quiet_until
    : here >= quiet_from || here < quiet_until;
}
