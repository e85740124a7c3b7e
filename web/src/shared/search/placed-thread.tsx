/** A thread as it goes on, a look at an old place of it, or a search in it. */

import { useNavigate } from "react-router";
import type { FoundMessage } from "@shared/wire/generated";
import { AroundView } from "../chat/around-view";
import { ThreadView } from "../chat/thread-view";
import type { Thread } from "../thread/thread";
import { placed, usePlace } from "./place";
import { SearchInThread } from "./search-in-thread";

interface Props {
  readonly thread: Thread;
  /** The thread's address, without a place. */
  readonly path: string;
  readonly onArticle: (broadcast: string, index: number) => void;
  readonly searching?: boolean;
  readonly onSearched?: () => void;
}

export function PlacedThread({ thread, path, onArticle, searching = false, onSearched }: Props) {
  const navigate = useNavigate();
  const place = usePlace(thread);
  function open(found: FoundMessage) {
    onSearched?.();
    void navigate(placed(path, found));
  }
  if (searching) return <SearchInThread thread={thread} onOpen={open} />;
  if (!place) return <ThreadView thread={thread} onArticle={onArticle} />;
  return (
    <AroundView
      key={`${place.conv} ${place.seq}`}
      thread={thread}
      conv={place.conv}
      seq={place.seq}
      onArticle={onArticle}
      onLatest={() => void navigate(path, { replace: true })}
    />
  );
}
