import { previewOf } from "../../../shared/chat/preview";
import { useText } from "../../../shared/text/language";
import { listTime } from "../../../shared/text/time";
import { Avatar } from "../../../shared/ui/avatar";
import { useNow } from "../../../shared/ui/use-now";
import type { Client } from "./inbox-screen";

interface Props {
  readonly client: Client;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

export function CustomerLine({ client: { customer, thread }, chosen, onChoose }: Props) {
  const { t, language } = useText();
  const now = useNow(60_000);
  const last = thread?.last;
  const typing = thread?.parts.some((part) => part.typing.length > 0) ?? false;
  const unread = thread?.unread ?? 0;
  return (
    <button
      type="button"
      className="el-plain el-line"
      data-testid={`conversation-${customer.name}`}
      data-key={customer.conv}
      data-unread={unread}
      aria-current={chosen}
      onClick={onChoose}
    >
      <Avatar name={customer.name} size={40} />
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{customer.name}</strong>
          {last && <span className="el-line-time">{listTime(last.ts, now, language, t)}</span>}
        </span>
        <span className="el-line-sub">
          <span>{typing ? t("chat.typing") : last ? previewOf(last, t) : t("console.noMessages")}</span>
          {unread > 0 && (
            <span className="el-count" data-testid="unread">
              {unread > 99 ? "99+" : unread}
            </span>
          )}
        </span>
      </span>
    </button>
  );
}
