/** The messages that this person starred, across conversations, as far as they may still be read. */

import type { StarItem } from "@shared/wire/generated";
import { previewOf } from "../chat/preview";
import { useNames } from "../groups/use-group";
import { useChat, useSession } from "../session/session";
import { useText } from "../text/language";
import { listTime } from "../text/time";
import type { Thread } from "../thread/thread";
import { useThreads } from "../thread/use-threads";
import { useNow } from "../ui/use-now";
import { useStars } from "./use-stars";
import "./own.css";

interface Props {
  readonly onOpen: (thread: Thread, star: StarItem) => void;
}

export function StarList({ onOpen }: Props) {
  const { t, errorText } = useText();
  const threads = useThreads();
  const query = useStars();
  if (query.error) {
    return (
      <div className="el-state" role="alert">
        <span>{errorText(query.error.message)}</span>
        <button type="button" className="el-chip" onClick={() => void query.refetch()}>
          {t("app.retry")}
        </button>
      </div>
    );
  }
  if (!query.data) return <div className="el-state">{`${t("app.loading")}…`}</div>;
  const stars = query.data.pages.flatMap(({ items }) => items);
  if (!stars.length) return <div className="el-state">{t("own.starsNone")}</div>;
  return (
    <div className="el-starred-list" data-testid="stars">
      {stars.map((star) => (
        <Star
          key={star.number}
          star={star}
          thread={threads.find(({ parts }) => parts.some(({ item }) => item.conv === star.conv))}
          onOpen={onOpen}
        />
      ))}
      {query.hasNextPage && (
        <button type="button" className="el-chip" onClick={() => void query.fetchNextPage()}>
          {t("own.more")}
        </button>
      )}
    </div>
  );
}

function Star({ star, thread, onOpen }: { star: StarItem; thread: Thread | undefined } & Props) {
  const { t, language } = useText();
  const { chat } = useSession();
  const now = useNow(60_000);
  const { event } = star;
  const from = useWriter(star, thread);
  const place = thread?.title ?? t("own.starUnknown");
  return (
    <article className="el-starred" data-testid="star" data-conv={star.conv} data-seq={star.seq} data-state={star.state}>
      <button
        type="button"
        className="el-plain el-starred-open"
        disabled={!event || !thread}
        onClick={() => thread && onOpen(thread, star)}
      >
        {event ? (
          <span className="el-starred-words">{previewOf(event, t)}</span>
        ) : (
          <i className="el-starred-gone">{t(star.state === "recalled" ? "own.starRecalled" : "own.starWithheld")}</i>
        )}
        <span className="el-starred-foot">
          <span>{[from, place].filter((word, at, all) => word && all.indexOf(word) === at).join(" · ")}</span>
          <span>{t("own.starredAt", { time: listTime(star.at, now, language, t) })}</span>
        </span>
      </button>
      <button
        type="button"
        className="el-plain el-starred-off"
        data-testid="star-off"
        aria-label={t("message.unstar")}
        title={t("message.unstar")}
        onClick={() => chat.own.star(star.conv, star.seq, false)}
      >
        ★
      </button>
    </article>
  );
}

/** Who wrote it; empty where the conversation's name says it already. */
function useWriter({ event }: StarItem, thread: Thread | undefined): string {
  const { t } = useText();
  const { user } = useChat();
  const grouped = thread?.kind === "group";
  const nameOf = useNames(thread?.key ?? "", event ? [event] : [], grouped && Boolean(event));
  if (!event) return "";
  if (event.from === user) return t("message.me");
  return grouped ? nameOf(event.from) : "";
}
