import { Composer } from "../../../shared/chat/composer";
import { ThreadView } from "../../../shared/chat/thread-view";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { useText } from "../../../shared/text/language";
import type { Client } from "./inbox-screen";

/** The conversation with one customer. */
export function ChatPane({ client: { customer, thread } }: { client: Client }) {
  const { t } = useText();
  return (
    <>
      <header className="el-inbox-head" data-testid="chat-title">
        <strong>{customer.name}</strong>
        <span>
          {customer.user} · {customer.branch} {thread && <TypingIndicator thread={thread} />}
        </span>
      </header>
      {thread ? (
        <ThreadView thread={thread} onArticle={() => undefined} />
      ) : (
        <div className="el-thread el-state">{t("console.noMessages")}</div>
      )}
      <Composer conv={customer.conv} placeholder={t("chat.placeholder")} />
    </>
  );
}
