/** The field for the customer, with canned replies behind `/`: arrows choose, Enter takes, Escape drops. */

import { App } from "antd";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { CaseDetail, CaseItem, ReplyItem } from "../../../shared/assist/shapes";
import { Composer } from "../../../shared/chat/composer";
import { useDrafting } from "../../../shared/chat/drafting";
import { useText } from "../../../shared/text/language";
import { casePath, useDeskAction, useReplies } from "../../shared/desk/use-desk";
import { filledIn, matching, shortcutIn } from "./canned";

export function CaseComposer({ item, canned }: { item: CaseItem; canned: CaseDetail["canned"] }) {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const { intend } = useDrafting();
  const { data: replies = [] } = useReplies(item.desk);
  const shown = useRef<readonly ReplyItem[]>([]);
  const [at, setAt] = useState(0);
  const fill = useDeskAction((api, reply: string) =>
    api.post<{ text: string }>(casePath(item.case, `/replies/${encodeURIComponent(reply)}`), {}),
  );
  const take = ({ reply }: ReplyItem) =>
    fill.mutate(reply, {
      onSuccess: ({ text }) => intend({ kind: "new", text }),
      onError: (error) => void message.error(errorText(error)),
    });

  function onKey(event: KeyboardEvent) {
    const found = shown.current;
    const chosen = found[Math.min(at, found.length - 1)];
    if (!chosen || event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) take(chosen);
    else if (event.key === "ArrowDown") setAt((at + 1) % found.length);
    else if (event.key === "ArrowUp") setAt((at + found.length - 1) % found.length);
    else if (event.key === "Escape") intend({ kind: "new", text: "" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div onKeyDownCapture={onKey} className="el-case-composer">
      <Composer
        conv={item.conv}
        placeholder={t("case.reply")}
        picker={(text) => {
          const sought = shortcutIn(text);
          const found = sought === null ? [] : matching(replies, sought);
          return <Choices found={found} canned={canned} at={at} toldRef={shown} onHover={setAt} onTake={take} />;
        }}
      />
    </div>
  );
}

interface ChoicesProps {
  readonly found: readonly ReplyItem[];
  readonly canned: CaseDetail["canned"];
  readonly at: number;
  /** Where the keyboard finds what is shown. */
  readonly toldRef: { current: readonly ReplyItem[] };
  readonly onHover: (at: number) => void;
  readonly onTake: (reply: ReplyItem) => void;
}

function Choices({ found, canned, at, toldRef, onHover, onTake }: ChoicesProps) {
  const { t } = useText();
  useEffect(() => {
    toldRef.current = found;
  }, [found, toldRef]);
  if (found.length === 0) return null;
  return (
    <div className="el-mentions el-canned" role="listbox" aria-label={t("desk.replies")} data-testid="canned">
      {found.map((reply, place) => (
        <button
          key={reply.reply}
          type="button"
          role="option"
          className="el-plain"
          aria-selected={place === Math.min(at, found.length - 1)}
          data-testid={`canned-${reply.shortcut}`}
          onMouseEnter={() => onHover(place)}
          onClick={() => onTake(reply)}
        >
          <kbd>/{reply.shortcut}</kbd>
          <span>
            <strong>{reply.title}</strong>
            <small>{filledIn(reply.text, canned)}</small>
          </span>
        </button>
      ))}
    </div>
  );
}
