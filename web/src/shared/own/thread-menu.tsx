/** What one can do with a line of the list for oneself: opened by a long press, or the other mouse button. */

import { useEffect, useRef, useState } from "react";
import { useSession } from "../session/session";
import type { Wish } from "../socket/own";
import { useText } from "../text/language";
import type { TextKey } from "../text/zh-CN";
import type { Thread } from "../thread/thread";
import "./own.css";

const WIDTH = 264;
const HEIGHT = 250;

export interface ThreadMenuPlace {
  readonly thread: Thread;
  readonly x: number;
  readonly y: number;
}

interface Props {
  readonly place: ThreadMenuPlace;
  /** Whether the line may be left out of its list. */
  readonly hideable: boolean;
  readonly onClose: () => void;
}

export function ThreadMenu({ place, hideable, onClose }: Props) {
  const { t } = useText();
  const { chat } = useSession();
  const [clearing, setClearing] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const { thread } = place;

  useEffect(() => {
    menu.current?.querySelector("button")?.focus();
    const onKey = (key: KeyboardEvent) => {
      if (key.key === "Escape") onClose();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [onClose]);

  const settle = (wish: Wish) => () => {
    onClose();
    for (const { item } of thread.parts) chat.own.settle(item.conv, wish);
  };
  function read() {
    onClose();
    for (const { item, log } of thread.parts) {
      if (item.marked) chat.own.settle(item.conv, { marked: false });
      chat.read(item.conv, log.high);
    }
  }
  function clear() {
    onClose();
    for (const { item, log } of thread.parts) chat.own.clear(item.conv, Math.max(item.head, log.high));
  }
  const unread = thread.unread > 0 || thread.marked;
  const items: readonly { readonly key: TextKey; readonly act: () => void }[] = [
    { key: thread.pinned ? "own.unpin" : "own.pin", act: settle({ pinned: !thread.pinned }) },
    { key: thread.muted ? "own.unmute" : "own.mute", act: settle({ muted: !thread.muted }) },
    unread ? { key: "own.unmark", act: read } : { key: "own.mark", act: settle({ marked: true }) },
    ...(hideable ? [{ key: "own.hide", act: settle({ hidden: true }) } as const] : []),
  ];
  const left = Math.max(8, Math.min(place.x, innerWidth - WIDTH - 8));
  const top = Math.max(8, Math.min(place.y, innerHeight - HEIGHT - 8));
  return (
    <div className="el-menu-back" onClick={onClose} onContextMenu={(press) => press.preventDefault()}>
      <div
        ref={menu}
        role="menu"
        aria-label={t("own.menu")}
        className="el-thread-menu"
        data-testid="thread-menu"
        style={{ left, top }}
        onClick={(press) => press.stopPropagation()}
      >
        {clearing ? (
          <>
            <p>{t("own.clearAsk")}</p>
            <footer>
              <button type="button" className="el-chip" onClick={onClose}>
                {t("app.cancel")}
              </button>
              <button type="button" className="el-chip el-chip-red" data-testid="own.clear-sure" onClick={clear}>
                {t("own.clearSure")}
              </button>
            </footer>
          </>
        ) : (
          <>
            {items.map(({ key, act }) => (
              <button key={key} type="button" role="menuitem" className="el-plain" data-testid={key} onClick={act}>
                {t(key)}
              </button>
            ))}
            <button
              type="button"
              role="menuitem"
              className="el-plain el-thread-menu-clear"
              data-testid="own.clear"
              onClick={() => setClearing(true)}
            >
              {t("own.clear")}
            </button>
          </>
        )}
      </div>
    </div>
  );
}
