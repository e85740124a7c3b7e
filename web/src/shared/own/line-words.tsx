/** What stands in a line of the list beside the newest words: the draft, and what is unread. */

import { useText } from "../text/language";
import type { Thread } from "../thread/thread";
import "./own.css";

/** [草稿] and its words instead of the newest message; null without a draft. */
export function draftWords(thread: Thread, label: string) {
  if (!thread.draft) return null;
  return (
    <>
      <b className="el-draft" data-testid="draft">
        {label}
      </b>
      {thread.draft}
    </>
  );
}

/** How many are unread; quietly where the person wants no noise. */
export function LineCount({ thread }: { thread: Thread }) {
  const { t } = useText();
  const { unread, muted, marked } = thread;
  return (
    <>
      {muted && (
        <svg
          className="el-quiet"
          viewBox="0 0 24 24"
          width="16"
          height="16"
          role="img"
          aria-label={t("own.muted")}
          data-testid="muted"
        >
          <path d="M18.6 15.5V11a6.6 6.6 0 0 0-9.4-6M6 8.2A6.6 6.6 0 0 0 5.4 11v4.5L4 17.5h13.4M10 20.5a2.2 2.2 0 0 0 4 0M3.5 3.5l17 17" />
        </svg>
      )}
      {unread > 0 && (
        <span className={`el-count ${muted ? "el-count-quiet" : ""}`} data-testid="unread">
          {unread > 99 ? "99+" : unread}
        </span>
      )}
      {unread === 0 && marked && <span className="el-dot" role="img" aria-label={t("own.marked")} data-testid="marked" />}
    </>
  );
}
