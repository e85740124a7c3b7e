import { SearchOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import { AroundView } from "../../../shared/chat/around-view";
import { Composer } from "../../../shared/chat/composer";
import { DraftingProvider } from "../../../shared/chat/drafting";
import { ThreadView } from "../../../shared/chat/thread-view";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { placed, usePlace } from "../../../shared/search/place";
import { SearchInThread } from "../../../shared/search/search-in-thread";
import { useText } from "../../../shared/text/language";
import type { Thread } from "../../../shared/thread/thread";
import type { Client } from "./inbox-screen";

/** The conversation with one customer. */
export function ChatPane({ client: { customer, thread } }: { client: Client }) {
  const { t } = useText();
  const [searching, setSearching] = useState(false);
  return (
    <DraftingProvider key={customer.conv}>
      <header className="el-inbox-head" data-testid="chat-title">
        <strong>{customer.name}</strong>
        <Button
          className="el-inbox-find"
          type="text"
          icon={<SearchOutlined />}
          data-testid="search-in-chat"
          aria-label={t("search.inChat")}
          aria-pressed={searching}
          onClick={() => setSearching(!searching)}
        />
        <span>
          {customer.user} · {customer.branch} {thread && <TypingIndicator thread={thread} />}
        </span>
      </header>
      {thread ? (
        <Pane customer={customer.user} thread={thread} searching={searching} onSearched={() => setSearching(false)} />
      ) : (
        <div className="el-thread el-state">{t("console.noMessages")}</div>
      )}
      <Composer conv={customer.conv} placeholder={t("chat.placeholder")} />
    </DraftingProvider>
  );
}

interface PaneProps {
  readonly customer: string;
  readonly thread: Thread;
  readonly searching: boolean;
  readonly onSearched: () => void;
}

/** The thread as it goes on, a look at an old place of it, or a search in it. */
function Pane({ customer, thread, searching, onSearched }: PaneProps) {
  const navigate = useNavigate();
  const place = usePlace(thread);
  const here = `/inbox/${encodeURIComponent(customer)}`;
  const nothing = () => undefined;
  if (searching) {
    return (
      <SearchInThread
        thread={thread}
        onOpen={(found) => {
          onSearched();
          void navigate(placed(here, found));
        }}
      />
    );
  }
  if (!place) return <ThreadView thread={thread} onArticle={nothing} />;
  return (
    <AroundView
      key={`${place.conv} ${place.seq}`}
      thread={thread}
      conv={place.conv}
      seq={place.seq}
      onArticle={nothing}
      onLatest={() => void navigate(here, { replace: true })}
    />
  );
}
