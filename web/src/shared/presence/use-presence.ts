/** Who is there, for screens; and whether anybody is at this one. */

import { useEffect, useSyncExternalStore } from "react";
import type { Presence } from "../socket/presence";
import { useSession } from "../session/session";

const IDLE_MS = 5 * 60_000;
const STIRS = ["pointerdown", "pointermove", "keydown", "touchstart", "wheel"] as const;

/** How these people stand; who may not be seen is missing. */
export function usePresences(users: readonly string[]): ReadonlyMap<string, Presence> {
  const { presence } = useSession().chat;
  const named = users.join(" ");
  useEffect(() => presence.show(named ? named.split(" ") : []), [presence, named]);
  return useSyncExternalStore(presence.subscribe, presence.snapshot);
}

export function usePresence(user: string): Presence | undefined {
  return usePresences(user ? [user] : []).get(user);
}

/** This device is away while it is not looked at, or nobody has touched it for a while. */
export function useAway(): void {
  const { presence } = useSession().chat;
  useEffect(() => {
    let idle = 0;
    const look = () => {
      window.clearTimeout(idle);
      const away = document.visibilityState !== "visible";
      presence.appear(away);
      if (!away) idle = window.setTimeout(() => presence.appear(true), IDLE_MS);
    };
    look();
    document.addEventListener("visibilitychange", look);
    for (const stir of STIRS) addEventListener(stir, look, { passive: true });
    return () => {
      window.clearTimeout(idle);
      document.removeEventListener("visibilitychange", look);
      for (const stir of STIRS) removeEventListener(stir, look);
    };
  }, [presence]);
}
