/** One thread: a person, or a public account with its menu. */

import { NavBar } from "antd-mobile";
import { MoreOutline, SearchOutline } from "antd-mobile-icons";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import type { FoundMessage } from "@shared/wire/generated";
import { AroundView } from "../../../shared/chat/around-view";
import { Composer } from "../../../shared/chat/composer";
import { ConnectionBanner } from "../../../shared/chat/connection-banner";
import { DraftingProvider } from "../../../shared/chat/drafting";
import { ThreadView } from "../../../shared/chat/thread-view";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { AnnouncementBar } from "../../../shared/groups/announcement-bar";
import { placed, usePlace } from "../../../shared/search/place";
import { SearchInThread } from "../../../shared/search/search-in-thread";
import { useChat } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { membersOf, type Thread } from "../../../shared/thread/thread";
import { useThreads } from "../../../shared/thread/use-threads";
import { TrustBadge } from "../../../shared/ui/trust-badge";
import { useWide } from "../../../shared/ui/use-media";
import { AccountBar } from "./account-bar";

export function ChatScreen() {
  const { t } = useText();
  const { key = "" } = useParams();
  const { listed } = useChat();
  const navigate = useNavigate();
  const wide = useWide();
  const thread = useThreads().find((each) => each.key === key);
  const place = usePlace(thread);
  const here = `/chat/${encodeURIComponent(key)}`;
  const [searchedKey, setSearchedKey] = useState("");
  const searching = searchedKey === key;
  const setSearching = (on: boolean) => setSearchedKey(on ? key : "");
  const onArticle = (broadcast: string, index: number) =>
    void navigate(`/article/${encodeURIComponent(broadcast)}/${index}`);
  function open(found: FoundMessage) {
    setSearching(false);
    void navigate(placed(here, found));
  }
  return (
    <>
      <NavBar
        backIcon={!wide}
        onBack={() => void navigate("/messages")}
        right={
          <span className="el-bar-end">
            {thread && (
              <button
                type="button"
                className="el-plain"
                data-testid="search-in-chat"
                aria-label={t("search.inChat")}
                aria-pressed={searching}
                onClick={() => setSearching(!searching)}
              >
                <SearchOutline fontSize={22} />
              </button>
            )}
            {thread?.kind === "group" && (
              <button
                type="button"
                className="el-plain"
                data-testid="group-details"
                aria-label={t("group.info")}
                onClick={() => void navigate(`/group/${encodeURIComponent(key)}`)}
              >
                <MoreOutline fontSize={24} />
              </button>
            )}
            {thread?.kind === "account" && (
              <button
                type="button"
                className="el-plain"
                data-testid="account-details"
                aria-label={t("account.description")}
                onClick={() => void navigate(`/account/${encodeURIComponent(key)}`)}
              >
                <MoreOutline fontSize={24} />
              </button>
            )}
          </span>
        }
      >
        {thread && <Title thread={thread} />}
      </NavBar>
      <ConnectionBanner />
      {thread?.kind === "group" && thread.conv && <AnnouncementBar conv={thread.conv} />}
      {thread ? (
        <DraftingProvider key={key}>
          {searching ? (
            <SearchInThread key={key} thread={thread} onOpen={open} />
          ) : place ? (
            <AroundView
              key={`${place.conv} ${place.seq}`}
              thread={thread}
              conv={place.conv}
              seq={place.seq}
              onArticle={onArticle}
              onLatest={() => void navigate(here, { replace: true })}
            />
          ) : (
            <ThreadView key={key} thread={thread} onArticle={onArticle} />
          )}
          <Footer key={`${key} foot`} thread={thread} />
        </DraftingProvider>
      ) : (
        <div className="el-state">{listed ? t("chat.notFound") : `${t("app.loading")}…`}</div>
      )}
    </>
  );
}

function Title({ thread }: { thread: Thread }) {
  return (
    <span className="el-title" data-testid="chat-title">
      <span className="el-title-top">
        {thread.title}
        {thread.kind === "group" && ` (${membersOf(thread)})`}
        <TrustBadge badge={thread.badge} />
      </span>
      <TypingIndicator thread={thread} />
    </span>
  );
}

function Footer({ thread }: { thread: Thread }) {
  const { t } = useText();
  if (thread.conv === null) {
    const words = thread.kind === "group" ? (membersOf(thread) ? "group.hushed" : "group.gone") : "chat.readOnly";
    return <div className="el-readonly">{t(words)}</div>;
  }
  if (thread.kind === "account") return <AccountBar account={thread.key} conv={thread.conv} />;
  return <Composer conv={thread.conv} placeholder={t("chat.placeholder")} />;
}
