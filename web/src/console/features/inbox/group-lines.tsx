import type { HTMLAttributes } from "react";
import type { Thread } from "../../../shared/thread/thread";
import { membersOf } from "../../../shared/thread/thread";
import { Mentioned } from "../../../shared/chat/mentioned";
import { usePreview } from "../../../shared/chat/use-preview";
import { draftWords, LineCount } from "../../../shared/own/line-words";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";

interface Props {
  readonly threads: readonly Thread[];
  readonly chosen: string;
  readonly onChoose: (conv: string) => void;
  readonly onNew: () => void;
  /** Opens what the manager may do with a line for herself. */
  readonly pressOf: (thread: Thread) => HTMLAttributes<HTMLElement>;
}

/** A manager's groups, over her customers. */
export function GroupLines({ threads, chosen, onChoose, onNew, pressOf }: Props) {
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
        <GroupLine
          key={thread.key}
          thread={thread}
          chosen={thread.key === chosen}
          press={pressOf(thread)}
          onChoose={() => onChoose(thread.key)}
        />
      ))}
    </div>
  );
}

interface LineProps {
  readonly thread: Thread;
  readonly chosen: boolean;
  readonly press: HTMLAttributes<HTMLElement>;
  readonly onChoose: () => void;
}

function GroupLine({ thread, chosen, press, onChoose }: LineProps) {
  const { t } = useText();
  const preview = usePreview(thread);
  return (
    <button
      type="button"
      className={`el-plain el-line ${thread.pinned ? "el-line-pinned" : ""}`}
      data-testid={`conversation-${thread.title}`}
      data-key={thread.key}
      data-unread={thread.unread}
      data-pinned={thread.pinned}
      data-muted={thread.muted}
      {...press}
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
            {(!chosen && draftWords(thread, t("own.draft"))) || preview}
          </span>
          <LineCount thread={thread} />
        </span>
      </span>
    </button>
  );
}
