/** One thread: a person, or a public account with its menu. */

import { NavBar } from "antd-mobile";
import { MoreOutline, SearchOutline } from "antd-mobile-icons";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { Composer } from "../../../shared/chat/composer";
import { ConnectionBanner } from "../../../shared/chat/connection-banner";
import { DraftingProvider } from "../../../shared/chat/drafting";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { useContact } from "../../../shared/contacts/use-contacts";
import { AnnouncementBar } from "../../../shared/groups/announcement-bar";
import { PlacedThread } from "../../../shared/search/placed-thread";
import { useChat } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { membersOf, peerOf, type Thread } from "../../../shared/thread/thread";
import { useThreads } from "../../../shared/thread/use-threads";
import { TrustBadge } from "../../../shared/ui/trust-badge";
import { useWide } from "../../../shared/ui/use-media";
import { AccountBar } from "./account-bar";
import { BlockedBar } from "./blocked-bar";
import { PersonTitle } from "./person-title";
import { ServiceBar } from "./service-bar";

export function ChatScreen() {
  const { t } = useText();
  const { key = "" } = useParams();
  const { listed } = useChat();
  const navigate = useNavigate();
  const wide = useWide();
  const thread = useThreads().find((each) => each.key === key);
  const contact = useContact(thread ? peerOf(thread) : "");
  const [searchedKey, setSearchedKey] = useState("");
  const searching = searchedKey === key;
  const setSearching = (on: boolean) => setSearchedKey(on ? key : "");
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
            {thread?.kind === "group" && membersOf(thread) > 0 && (
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
            {contact && (
              <button
                type="button"
                className="el-plain"
                data-testid="contact-details-open"
                aria-label={t("contact.details")}
                onClick={() => void navigate(`/contact/${encodeURIComponent(contact.user)}`)}
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
        {thread && (thread.kind === "direct" ? <PersonTitle thread={thread} /> : <Title thread={thread} />)}
      </NavBar>
      <ConnectionBanner />
      {thread?.kind === "account" && thread.conv && <ServiceBar conv={thread.conv} />}
      {thread?.kind === "group" && thread.conv && <AnnouncementBar conv={thread.conv} />}
      {thread ? (
        <DraftingProvider key={key}>
          <PlacedThread
            thread={thread}
            path={`/chat/${encodeURIComponent(key)}`}
            onArticle={(broadcast, index) => void navigate(`/article/${encodeURIComponent(broadcast)}/${index}`)}
            searching={searching}
            onSearched={() => setSearching(false)}
          />
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
        {thread.kind === "group" && membersOf(thread) > 0 && ` (${membersOf(thread)})`}
        <TrustBadge badge={thread.badge} />
      </span>
      <TypingIndicator thread={thread} />
    </span>
  );
}

function Footer({ thread }: { thread: Thread }) {
  const { t } = useText();
  const contact = useContact(peerOf(thread));
  if (thread.conv === null) {
    const words = thread.kind === "group" ? (membersOf(thread) ? "group.hushed" : "group.gone") : "chat.readOnly";
    return <div className="el-readonly">{t(words)}</div>;
  }
  if (contact?.blocked) return <BlockedBar user={contact.user} />;
  if (thread.kind === "account") return <AccountBar account={thread.key} conv={thread.conv} />;
  return <Composer conv={thread.conv} placeholder={t("chat.placeholder")} />;
}
