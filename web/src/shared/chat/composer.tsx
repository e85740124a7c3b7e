/** Where a message is written. Enter sends, Shift+Enter breaks the line, an unfinished 拼音 does neither. */

import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useChat, useSession } from "../session/session";
import { AttachButton } from "../media/attach-button";
import { UploadTray } from "../media/upload-tray";
import { useDropped } from "../media/use-tray";
import { bodyOfWords } from "../media/words";
import { useText } from "../text/language";
import type { Refers } from "../socket/chat";
import { DraftKeeper } from "../own/draft-keeper";
import { draftWorld } from "../session/browser";
import { useDrafting } from "./drafting";
import { Intended } from "./intended";
import { MentionPicker, mentionsIn, soughtIn, withName, type Named } from "./mention-picker";
import { useTypingSignal } from "./use-typing-signal";
import "./chat.css";

const LONGEST = 4000;

interface Props {
  readonly conv: string;
  readonly placeholder: string;
  readonly before?: ReactNode;
  /** Something to put in place of what is typed, over the field. */
  readonly picker?: (text: string) => ReactNode;
}

export function Composer({ conv, placeholder, before, picker }: Props) {
  const { t } = useText();
  const { chat } = useSession();
  const { intent, intend } = useDrafting();
  const field = useRef<HTMLTextAreaElement>(null);
  const [keeper] = useState(() => new DraftKeeper(chat, conv, draftWorld));
  const [text, setText] = useState(keeper.text);
  const take = useEffectEvent((words: string) => {
    if (intent.kind !== "edit") setText(words);
  });
  useEffect(() => keeper.start((words) => take(words)), [keeper]);
  const { typed, stopped } = useTypingSignal(conv);
  const words = text.trim();
  const [named, setNamed] = useState<readonly Named[]>([]);
  const kind = useChat().conversations.get(conv)?.item.kind;
  const sought = kind === "group" ? soughtIn(text) : null;

  // Whoever turns to another message gets its words; what is typed here stays here.
  const [intended, setIntended] = useState(intent);
  if (intended !== intent) {
    setIntended(intent);
    if (intent.kind === "edit" && intent.event.body.type === "text") setText(intent.event.body.text);
    else if (intent.kind === "new" && intent.text !== undefined) setText(intent.text);
    else if (intended.kind === "edit") setText(keeper.text);
  }
  useEffect(() => {
    if (intent.kind !== "new" || intent.text !== undefined) field.current?.focus();
  }, [intent]);

  function refers(): Refers {
    const mentions = mentionsIn(words, named);
    return {
      ...(intent.kind === "reply" && { reply_to: intent.event.seq }),
      ...(mentions.length > 0 && { mentions }),
    };
  }

  function write(words: string) {
    setText(words);
    if (intent.kind !== "edit") keeper.typed(words);
  }

  function pick(one: Named) {
    write(withName(text, one));
    setNamed([...named, one]);
    field.current?.focus();
  }

  function send() {
    if (!words) return;
    if (intent.kind === "edit") chat.edit(conv, intent.event.seq, words);
    else chat.send(conv, bodyOfWords(words, kind), refers(), keeper.send(text));
    setText("");
    setNamed([]);
    intend({ kind: "new" });
    stopped();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <>
    <UploadTray conv={conv} />
    <form
      className="el-composer"
      {...useDropped(conv)}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {intent.kind !== "new" && <Intended intent={intent} onStop={() => intend({ kind: "new" })} />}
      {sought !== null && <MentionPicker conv={conv} sought={sought} onPick={pick} />}
      {picker?.(text)}
      {before}
      <div className="el-grow" data-text={text}>
        <textarea
          ref={field}
          data-testid="message-input"
          aria-label={placeholder}
          placeholder={placeholder}
          value={text}
          rows={1}
          maxLength={LONGEST}
          enterKeyHint="send"
          onChange={(event) => {
            write(event.target.value);
            if (event.target.value) typed();
            else stopped();
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <AttachButton conv={conv} />
      <button className="el-send" data-testid="message-send" disabled={!words}>
        {t(intent.kind === "edit" ? "message.save" : "chat.send")}
      </button>
    </form>
    </>
  );
}
