/** One thread: a person, or a public account with its menu. */

import { NavBar } from "antd-mobile";
import { MoreOutline } from "antd-mobile-icons";
import { useNavigate, useParams } from "react-router";
import { Composer } from "../../../shared/chat/composer";
import { ConnectionBanner } from "../../../shared/chat/connection-banner";
import { ThreadView } from "../../../shared/chat/thread-view";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { useChat } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import type { Thread } from "../../../shared/thread/thread";
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
  return (
    <>
      <NavBar
        backIcon={!wide}
        onBack={() => void navigate("/messages")}
        right={
          thread?.kind === "account" && (
            <button
              type="button"
              className="el-plain"
              data-testid="account-details"
              aria-label={t("account.description")}
              onClick={() => void navigate(`/account/${encodeURIComponent(key)}`)}
            >
              <MoreOutline fontSize={24} />
            </button>
          )
        }
      >
        {thread && <Title thread={thread} />}
      </NavBar>
      <ConnectionBanner />
      {thread ? (
        <>
          <ThreadView
            key={key}
            thread={thread}
            onArticle={(broadcast, index) => void navigate(`/article/${encodeURIComponent(broadcast)}/${index}`)}
          />
          <Footer key={`${key} foot`} thread={thread} />
        </>
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
        <TrustBadge badge={thread.badge} />
      </span>
      <TypingIndicator thread={thread} />
    </span>
  );
}

function Footer({ thread }: { thread: Thread }) {
  const { t } = useText();
  if (thread.conv === null) return <div className="el-readonly">{t("chat.readOnly")}</div>;
  if (thread.kind === "account") return <AccountBar account={thread.key} conv={thread.conv} />;
  return <Composer conv={thread.conv} placeholder={t("chat.placeholder")} />;
}
