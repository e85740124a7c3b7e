import type { Thread } from "../../../shared/thread/thread";
import { membersOf } from "../../../shared/thread/thread";
import { Mentioned } from "../../../shared/chat/mentioned";
import { usePreview } from "../../../shared/chat/use-preview";
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
        <GroupLine key={thread.key} thread={thread} chosen={thread.key === chosen} onChoose={() => onChoose(thread.key)} />
      ))}
    </div>
  );
}

function GroupLine({ thread, chosen, onChoose }: { thread: Thread; chosen: boolean; onChoose: () => void }) {
  const { t } = useText();
  const preview = usePreview(thread);
  return (
    <button
      type="button"
      className="el-plain el-line"
      data-testid={`conversation-${thread.title}`}
      data-key={thread.key}
      data-unread={thread.unread}
      aria-current={chosen}
      onClick={onChoose}
    >
      <Avatar name={thread.title} size={40} />
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{thread.title}</strong>
          <small>{t("group.count", { count: membersOf(thread) })}</small>
        </span>
        <span className="el-line-sub">
          <span>
            <Mentioned thread={thread} />
            {preview}
          </span>
          {thread.unread > 0 && <span className="el-count">{thread.unread > 99 ? "99+" : thread.unread}</span>}
        </span>
      </span>
    </button>
  );
}
