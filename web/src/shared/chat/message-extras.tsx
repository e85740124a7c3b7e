/** What stands around a message's words: the message that it answers, marks, and reactions. */

import type { About, EventFrame } from "@shared/wire/generated";
import { useSession } from "../session/session";
import type { Emoji } from "../socket/chat";
import { useText } from "../text/language";
import { useDrafting } from "./drafting";
import { previewOf } from "./preview";

export function aboutOf({ body }: EventFrame): About | null {
  return ("about" in body && body.about) || null;
}

/** Above the words. The words of the other message come from the log, so they go when it is recalled. */
export function Quoted({ target, name }: { target: EventFrame | undefined; name: string }) {
  const { t } = useText();
  const text = target ? t("message.quoting", { name, text: previewOf(target, t) }) : t("message.quoteGone");
  const show = () => {
    const rows = document.querySelector(`[data-conv="${CSS.escape(target?.conv ?? "")}"][data-seq="${target?.seq ?? 0}"]`);
    rows?.scrollIntoView({ block: "center", behavior: "smooth" });
  };
  return (
    <button type="button" className="el-plain el-quoted" data-testid="quoted" disabled={!target} onClick={show}>
      {text}
    </button>
  );
}

export function Marked({ event }: { event: EventFrame }) {
  const { t } = useText();
  return (
    <>
      {aboutOf(event)?.forwarded && <span className="el-marked">{t("message.forwarded")}</span>}
      {event.edited && (
        <span className="el-marked" data-testid="edited">
          {t("message.edited")}
        </span>
      )}
    </>
  );
}

export function Reactions({ event, writable }: { event: EventFrame; writable: boolean }) {
  const { t } = useText();
  const { chat } = useSession();
  if (!event.reactions?.length) return null;
  return (
    <span className="el-reactions" data-testid="reactions">
      {event.reactions.map(({ emoji, count, mine = false }) => (
        <button
          key={emoji}
          type="button"
          className="el-plain"
          aria-pressed={mine}
          aria-label={t("message.react", { emoji })}
          disabled={!writable}
          onClick={() => chat.react(event.conv, event.seq, mine ? "" : (emoji as Emoji))}
        >
          {emoji} {count}
        </button>
      ))}
    </span>
  );
}

/** Instead of a recalled message. */
export function RecalledRow({ event, mine, name }: { event: EventFrame; mine: boolean; name: string }) {
  const { t } = useText();
  const { recalled, intend } = useDrafting();
  const text = recalled.get(`${event.conv} ${event.seq}`);
  return (
    <div className="el-time" data-testid="recalled" data-seq={event.seq}>
      {mine ? t("message.recalledMine") : t("message.recalledOther", { name })}
      {mine && text !== undefined && (
        <button
          type="button"
          className="el-plain el-again"
          data-testid="edit-again"
          onClick={() => intend({ kind: "new", text })}
        >
          {t("message.again")}
        </button>
      )}
    </div>
  );
}
