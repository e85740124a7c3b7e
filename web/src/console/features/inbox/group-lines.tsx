import type { Thread } from "../../../shared/thread/thread";
import { membersOf } from "../../../shared/thread/thread";
import { previewOf } from "../../../shared/chat/preview";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";

interface Props {
  readonly threads: readonly Thread[];
  readonly chosen: string;
  readonly onChoose: (conv: string) => void;
  readonly onNew: () => void;
}

/** A manager's groups, over her customers. */
export function GroupLines({ threads, chosen, onChoose, onNew }: Props) {
  const { t } = useText();
  return (
    <div className="el-inbox-groups">
      <header className="el-inbox-groups-head">
        <h1>{t("group.groups")}</h1>
        <button type="button" className="el-chip" data-testid="new-group" onClick={onNew}>
          {t("group.new")}
        </button>
      </header>
      {threads.map((thread) => (
        <button
          key={thread.key}
          type="button"
          className="el-plain el-line"
          data-testid={`conversation-${thread.title}`}
          data-key={thread.key}
          data-unread={thread.unread}
          aria-current={thread.key === chosen}
          onClick={() => onChoose(thread.key)}
        >
          <Avatar name={thread.title} size={40} />
          <span className="el-line-main">
            <span className="el-line-top">
              <strong>{thread.title}</strong>
              <small>{t("group.count", { count: membersOf(thread) })}</small>
            </span>
            <span className="el-line-sub">
              <span>{thread.last ? previewOf(thread.last, t) : ""}</span>
              {thread.unread > 0 && <span className="el-count">{thread.unread > 99 ? "99+" : thread.unread}</span>}
            </span>
          </span>
        </button>
      ))}
    </div>
  );
}
