/** The conversation list: my account manager on top, then by time. */

import { useState, type HTMLAttributes } from "react";
import { useLocation, useNavigate } from "react-router";
import { Mentioned } from "../../../shared/chat/mentioned";
import { usePreview } from "../../../shared/chat/use-preview";
import { useCalled } from "../../../shared/contacts/use-contacts";
import { PresenceDot } from "../../../shared/presence/presence-sign";
import { usePresence } from "../../../shared/presence/use-presence";
import { draftWords, LineCount } from "../../../shared/own/line-words";
import { useThreadMenu } from "../../../shared/own/use-thread-menu";
import { FoundMessages } from "../../../shared/search/found-messages";
import { FoundPeople } from "../../../shared/search/found-people";
import { placed } from "../../../shared/search/place";
import { SearchField } from "../../../shared/search/search-field";
import { useChat } from "../../../shared/session/session";
import { useMe } from "../../../shared/session/use-me";
import { useText } from "../../../shared/text/language";
import { listTime } from "../../../shared/text/time";
import { peerOf, type Thread } from "../../../shared/thread/thread";
import { useThreads } from "../../../shared/thread/use-threads";
import { Avatar } from "../../../shared/ui/avatar";
import { useNow } from "../../../shared/ui/use-now";
import { Mark } from "../../../shared/ui/mark";
import { TrustBadge } from "../../../shared/ui/trust-badge";

export function ThreadList() {
  const { t } = useText();
  const { listed } = useChat();
  const threads = useThreads().filter((thread) => !thread.hidden);
  const { pressOf, chosen, menu } = useThreadMenu({ hideable: true });
  const [text, setText] = useState("");
  return (
    <>
      <header className="el-head">
        <Mark />
        <h1>{t("app.name")}</h1>
        <NewGroupButton />
      </header>
      <SearchField value={text} onChange={setText} placeholder={t("search.all")} />
      {text.trim() ? (
        <Found text={text} />
      ) : (
        <>
          {threads.map((thread) => (
            <ThreadLine key={thread.key} thread={thread} chosen={thread.key === chosen} press={pressOf(thread)} />
          ))}
          {menu}
          {threads.length === 0 && <div className="el-state">{listed ? t("list.none") : `${t("app.loading")}…`}</div>}
        </>
      )}
    </>
  );
}

function NewGroupButton() {
  const { t } = useText();
  const { data: me } = useMe();
  const navigate = useNavigate();
  if (me?.role !== "manager" && me?.role !== "customer") return null;
  return (
    <button type="button" className="el-chip el-head-end" data-testid="new-group" onClick={() => void navigate("/group/new")}>
      {t("group.new")}
    </button>
  );
}

function Found({ text }: { text: string }) {
  const navigate = useNavigate();
  const open = (key: string) => `/chat/${encodeURIComponent(key)}`;
  return (
    <>
      <FoundPeople text={text} onOpen={(person) => void navigate(open(person.conv))} />
      <FoundMessages text={text} onOpen={(thread, found) => void navigate(placed(open(thread.key), found))} />
    </>
  );
}

interface LineProps {
  readonly thread: Thread;
  /** Its menu is open. */
  readonly chosen: boolean;
  readonly press: HTMLAttributes<HTMLElement>;
}

function ThreadLine({ thread, chosen, press }: LineProps) {
  const { t, language } = useText();
  const now = useNow(60_000);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const to = `/chat/${encodeURIComponent(thread.key)}`;
  const typing = thread.parts.some((part) => part.typing.length > 0);
  const last = thread.last;
  const preview = usePreview(thread);
  const called = useCalled();
  const peer = peerOf(thread);
  const presence = usePresence(peer);
  return (
    <button
      type="button"
      className={`el-plain el-line ${thread.badge === "manager" || thread.pinned ? "el-line-pinned" : ""} ${chosen ? "el-line-chosen" : ""}`}
      data-testid={`conversation-${thread.title}`}
      data-key={thread.key}
      data-unread={thread.unread}
      data-pinned={thread.pinned}
      data-muted={thread.muted}
      {...press}
      aria-current={pathname === to}
      onClick={() => void (chosen || navigate(to))}
    >
      <PresenceDot presence={presence}>
        <Avatar name={thread.title} account={thread.kind === "account"} size={46} />
      </PresenceDot>
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{called(peer, thread.title)}</strong>
          <TrustBadge badge={thread.badge} />
          {last && <span className="el-line-time">{listTime(last.ts, now, language, t)}</span>}
        </span>
        <span className="el-line-sub">
          <span>
            <Mentioned thread={thread} />
            {typing ? t("chat.typing") : pathname === to ? preview : (draftWords(thread, t("own.draft")) ?? preview)}
          </span>
          <LineCount thread={thread} />
        </span>
      </span>
    </button>
  );
}
