import { BulbOutlined, SearchOutlined, TagsOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { Composer } from "../../../shared/chat/composer";
import { DraftingProvider } from "../../../shared/chat/drafting";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { ContactNotes } from "../../../shared/contacts/contact-notes";
import { useContact } from "../../../shared/contacts/use-contacts";
import { PresenceWords } from "../../../shared/presence/presence-sign";
import { usePresence } from "../../../shared/presence/use-presence";
import { PlacedThread } from "../../../shared/search/placed-thread";
import { useText } from "../../../shared/text/language";
import type { Client } from "./inbox-screen";
import { NextOffers } from "./next-offers";

/** The conversation with one customer. */
export function ChatPane({ client: { customer, thread } }: { client: Client }) {
  const { t } = useText();
  const [searching, setSearching] = useState(false);
  const [noting, setNoting] = useState(false);
  const [advised, setAdvised] = useState(false);
  const contact = useContact(customer.user);
  const presence = usePresence(customer.user);
  return (
    <DraftingProvider key={customer.conv}>
      <header className="el-inbox-head" data-testid="chat-title">
        <strong>
          {contact?.remark || customer.name}
          {contact?.remark && <small>{customer.name}</small>}
        </strong>
        <span className="el-inbox-find">
          {contact && (
            <Button
              type="text"
              icon={<TagsOutlined />}
              data-testid="customer-notes"
              aria-label={t("contact.remark")}
              aria-pressed={noting}
              onClick={() => setNoting(!noting)}
            />
          )}
          <Button
            type="text"
            icon={<BulbOutlined />}
            data-testid="show-next-offers"
            aria-label={t("rec.next")}
            aria-pressed={advised}
            onClick={() => setAdvised(!advised)}
          />
          <Button
            type="text"
            icon={<SearchOutlined />}
            data-testid="search-in-chat"
            aria-label={t("search.inChat")}
            aria-pressed={searching}
            onClick={() => setSearching(!searching)}
          />
        </span>
        <span>
          {customer.user} · {customer.branch} <PresenceWords presence={presence} /> {thread && <TypingIndicator thread={thread} />}
        </span>
      </header>
      {noting && contact && (
        <div className="el-inbox-notes">
          <ContactNotes contact={contact} />
        </div>
      )}
      {advised && <NextOffers customer={customer.user} />}
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
