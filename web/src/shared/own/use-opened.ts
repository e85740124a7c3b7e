import { useEffect, useEffectEvent } from "react";
import { useSession } from "../session/session";
import type { Thread } from "../thread/thread";

/** Whoever opens what they had marked as unread has seen it: the mark goes, on all devices. */
export function useOpened(thread: Thread): void {
  const { chat } = useSession();
  const opened = useEffectEvent(() => {
    for (const { item } of thread.parts) if (item.marked) chat.own.settle(item.conv, { marked: false });
  });
  useEffect(() => opened(), [thread.key]);
}
