/** What can be done with one message: opened by a long press, or by the other mouse button. */

import { useEffect, useRef } from "react";
import type { EventFrame } from "@shared/wire/generated";
import { useStarred } from "../own/use-stars";
import { useChat, useSession } from "../session/session";
import { useMe } from "../session/use-me";
import type { Emoji } from "../socket/chat";
import { useText } from "../text/language";
import { stillOpen } from "../thread/windows";
import { useNow } from "../ui/use-now";
import { useDrafting } from "./drafting";

const EMOJI: readonly Emoji[] = ["👍", "❤️", "😄", "😮", "😢", "🙏", "🎉", "👌"];
const WIDTH = 312;
const HEIGHT = 108;

export interface MenuPlace {
  readonly event: EventFrame;
  readonly x: number;
  readonly y: number;
}

interface Props {
  readonly place: MenuPlace;
  readonly mine: boolean;
  /** Who wrote it. */
  readonly name: string;
  /** Answers to bots stay as they were said. */
  readonly editable: boolean;
  readonly writable: boolean;
  readonly onForward: (event: EventFrame) => void;
  readonly onClose: () => void;
}

export function MessageMenu({ place, mine, name, editable, writable, onForward, onClose }: Props) {
  const { t } = useText();
  const { chat } = useSession();
  const { intend, keepRecalled } = useDrafting();
  const menu = useRef<HTMLDivElement>(null);
  const { event } = place;
  const text = event.body.type === "text" ? event.body.text : null;
  const { limits, clockSkew } = useChat();
  const role = useMe().data?.role ?? "customer";
  const still = stillOpen(limits, role !== "customer", event.ts, useNow(1000) + clockSkew);
  const starred = useStarred(event.conv, event.seq);
  const own = event.reactions?.find((one) => one.mine)?.emoji;

  useEffect(() => {
    menu.current?.querySelector("button")?.focus();
    const onKey = (key: KeyboardEvent) => {
      if (key.key === "Escape") onClose();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [onClose]);

  const then = (act: () => void) => () => {
    onClose();
    act();
  };
  const recall = () => {
    keepRecalled(event);
    chat.recall(event.conv, event.seq);
  };
  const items = [
    text !== null && { key: "copy", act: () => void navigator.clipboard?.writeText(text) },
    starred !== undefined && {
      key: starred ? "unstar" : "star",
      act: () => chat.own.star(event.conv, event.seq, !starred),
    },
    writable && { key: "quote", act: () => intend({ kind: "reply", event, name }) },
    isForwardable(event) && { key: "forward", act: () => onForward(event) },
    mine && editable && still.edit && text !== null && { key: "edit", act: () => intend({ kind: "edit", event }) },
    mine && writable && still.recall && { key: "recall", act: recall },
  ].filter((item) => item !== false);
  const left = Math.max(8, Math.min(place.x - WIDTH / 2, innerWidth - WIDTH - 8));
  const top = Math.max(8, Math.min(place.y - HEIGHT - 12, innerHeight - HEIGHT - 8));
  return (
    <div className="el-menu-back" onClick={onClose} onContextMenu={(press) => press.preventDefault()}>
      <div
        ref={menu}
        role="menu"
        aria-label={t("message.menu")}
        className="el-message-menu"
        data-testid="message-menu"
        style={{ left, top, width: WIDTH }}
        onClick={(press) => press.stopPropagation()}
      >
        {writable && (
          <div className="el-emoji">
            {EMOJI.map((emoji) => (
              <button
                key={emoji}
                type="button"
                role="menuitem"
                className="el-plain"
                aria-label={t("message.react", { emoji })}
                aria-pressed={own === emoji}
                onClick={then(() => chat.react(event.conv, event.seq, own === emoji ? "" : emoji))}
              >
                {emoji}
              </button>
            ))}
          </div>
        )}
        <div className="el-menu-words">
          {items.map(({ key, act }) => (
            <button key={key} type="button" role="menuitem" className="el-plain" data-testid={`message-${key}`} onClick={then(act)}>
              {t(`message.${key as "copy" | "star" | "unstar" | "quote" | "forward" | "edit" | "recall"}`)}
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}

const FORWARDED = ["text", "image", "voice", "video", "file", "location", "link"];

function isForwardable({ body }: EventFrame): boolean {
  return FORWARDED.includes(body.type);
}
