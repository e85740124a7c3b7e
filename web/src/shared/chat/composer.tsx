/** Where a message is written. Enter sends, Shift+Enter breaks the line, an unfinished 拼音 does neither. */

import { useState, type KeyboardEvent, type ReactNode } from "react";
import { useSession } from "../session/session";
import { useText } from "../text/language";
import { useTypingSignal } from "./use-typing-signal";
import "./chat.css";

const LONGEST = 4000;

interface Props {
  readonly conv: string;
  readonly placeholder: string;
  readonly before?: ReactNode;
}

export function Composer({ conv, placeholder, before }: Props) {
  const { t } = useText();
  const { chat } = useSession();
  const [text, setText] = useState("");
  const { typed, stopped } = useTypingSignal(conv);
  const words = text.trim();

  function send() {
    if (!words) return;
    chat.send(conv, { type: "text", text: words });
    setText("");
    stopped();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className="el-composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {before}
      <div className="el-grow" data-text={text}>
        <textarea
          data-testid="message-input"
          aria-label={placeholder}
          placeholder={placeholder}
          value={text}
          rows={1}
          maxLength={LONGEST}
          enterKeyHint="send"
          onChange={(event) => {
            setText(event.target.value);
            if (event.target.value) typed();
            else stopped();
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <button className="el-send" data-testid="message-send" disabled={!words}>
        {t("chat.send")}
      </button>
    </form>
  );
}
