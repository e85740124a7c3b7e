import { SearchOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { Composer } from "../../../shared/chat/composer";
import { DraftingProvider } from "../../../shared/chat/drafting";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { PlacedThread } from "../../../shared/search/placed-thread";
import { useText } from "../../../shared/text/language";
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
        <PlacedThread
          thread={thread}
          path={`/inbox/${encodeURIComponent(customer.user)}`}
          onArticle={() => undefined}
          searching={searching}
          onSearched={() => setSearching(false)}
        />
      ) : (
        <div className="el-thread el-state">{t("console.noMessages")}</div>
      )}
      <Composer conv={customer.conv} placeholder={t("chat.placeholder")} />
    </DraftingProvider>
  );
}
