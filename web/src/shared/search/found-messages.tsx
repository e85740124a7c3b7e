/** Messages that were found: where, when, and the words that were looked for in them. */

import type { FoundMessage } from "@shared/wire/generated";
import { useChat } from "../session/session";
import { useText } from "../text/language";
import { listTime } from "../text/time";
import type { Thread } from "../thread/thread";
import { useThreads } from "../thread/use-threads";
import { Avatar } from "../ui/avatar";
import { useNow } from "../ui/use-now";
import { piecesOf } from "./marked";
import { useFoundMessages } from "./use-search";

interface Props {
  readonly text: string;
  /** Only of this conversation; empty: of all. */
  readonly conv?: string;
  readonly onOpen: (thread: Thread, found: FoundMessage) => void;
}

export function FoundMessages({ text, conv = "", onOpen }: Props) {
  const { t, errorText } = useText();
  const threads = useThreads();
  const query = useFoundMessages(text, conv);
  if (query.error) {
    return (
      <div className="el-state" role="alert">
        {errorText(query.error)}
      </div>
    );
  }
  const lines = (query.data ?? []).flatMap((found) => {
    const thread = threads.find(({ parts }) => parts.some(({ item }) => item.conv === found.conv));
    return thread ? [{ found, thread }] : [];
  });
  return (
    <section className="el-found" data-testid="found-messages" aria-busy={query.isFetching}>
      {lines.length > 0 && <h2>{t("search.messages")}</h2>}
      {lines.map(({ found, thread }) => (
        <FoundLine
          key={`${found.conv} ${found.seq}`}
          found={found}
          thread={thread}
          onOpen={() => onOpen(thread, found)}
        />
      ))}
      {query.hasNextPage && (
        <button type="button" className="el-plain el-found-more" onClick={() => void query.fetchNextPage()}>
          {t("search.more")}
        </button>
      )}
      {query.data && lines.length === 0 && <div className="el-state">{t("search.none")}</div>}
    </section>
  );
}

function FoundLine({ found, thread, onOpen }: { found: FoundMessage; thread: Thread; onOpen: () => void }) {
  const { t, language } = useText();
  const { user } = useChat();
  const now = useNow(60_000);
  return (
    <button type="button" className="el-plain el-line" data-testid="found-message" data-seq={found.seq} onClick={onOpen}>
      <Avatar name={thread.title} account={thread.kind === "account"} size={40} />
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{thread.title}</strong>
          <span className="el-line-time">{listTime(found.ts, now, language, t)}</span>
        </span>
        <span className="el-line-sub">
          <span>
            {found.sender === user && t("search.mine")}
            {piecesOf(found.text, found.marks).map((piece, place) =>
              piece.marked ? <mark key={place}>{piece.text}</mark> : <span key={place}>{piece.text}</span>,
            )}
          </span>
        </span>
      </span>
    </button>
  );
}
