import type { HTMLAttributes } from "react";
import { previewOf } from "../../../shared/chat/preview";
import { useContact } from "../../../shared/contacts/use-contacts";
import { PresenceDot } from "../../../shared/presence/presence-sign";
import { usePresence } from "../../../shared/presence/use-presence";
import "../../../shared/contacts/notes.css";
import { draftWords, LineCount } from "../../../shared/own/line-words";
import { useText } from "../../../shared/text/language";
import { listTime } from "../../../shared/text/time";
import { Avatar } from "../../../shared/ui/avatar";
import { useNow } from "../../../shared/ui/use-now";
import type { Client } from "./inbox-screen";

interface Props {
  readonly client: Client;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  /** Opens what the manager may do with the line for herself. */
  readonly press?: HTMLAttributes<HTMLElement>;
}

export function CustomerLine({ client: { customer, thread }, chosen, onChoose, press }: Props) {
  const { t, language } = useText();
  const now = useNow(60_000);
  const last = thread?.last;
  const contact = useContact(customer.user);
  const presence = usePresence(customer.user);
  const typing = thread?.parts.some((part) => part.typing.length > 0) ?? false;
  const unread = thread?.unread ?? 0;
  const draft = thread && !chosen ? draftWords(thread, t("own.draft")) : null;
  return (
    <button
      type="button"
      className={`el-plain el-line ${thread?.pinned ? "el-line-pinned" : ""}`}
      data-testid={`conversation-${customer.name}`}
      data-key={customer.conv}
      data-unread={unread}
      data-pinned={thread?.pinned ?? false}
      data-muted={thread?.muted ?? false}
      {...press}
      aria-current={chosen}
      onClick={onChoose}
    >
      <PresenceDot presence={presence}>
        <Avatar name={customer.name} size={40} />
      </PresenceDot>
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{contact?.remark || customer.name}</strong>
          {contact?.tags.map((tag) => (
            <em key={tag} className="el-contact-tag">
              {tag}
            </em>
          ))}
          {last && <span className="el-line-time">{listTime(last.ts, now, language, t)}</span>}
        </span>
        <span className="el-line-sub">
          <span>{typing ? t("chat.typing") : (draft ?? (last ? previewOf(last, t) : t("console.noMessages")))}</span>
          {thread && <LineCount thread={thread} />}
        </span>
      </span>
    </button>
  );
}
