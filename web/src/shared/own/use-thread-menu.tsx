/** A list of threads, each with its menu: handlers for a line, and the menu that is open. */

import { useState } from "react";
import { usePress } from "../chat/use-press";
import type { Thread } from "../thread/thread";
import { ThreadMenu, type ThreadMenuPlace } from "./thread-menu";

export function useThreadMenu({ hideable }: { readonly hideable: boolean }) {
  const [place, setPlace] = useState<ThreadMenuPlace | null>(null);
  const pressOf = usePress<Thread>((thread, x, y) => setPlace({ thread, x, y }));
  return {
    pressOf,
    /** The thread whose menu is open: its line stands out. */
    chosen: place?.thread.key,
    menu: place && <ThreadMenu place={place} hideable={hideable} onClose={() => setPlace(null)} />,
  };
}
