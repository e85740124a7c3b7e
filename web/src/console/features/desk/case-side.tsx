/** What only colleagues see of a case: how it came, where the bot stood, notes, what was done. */

import { App, Button, Input } from "antd";
import { useState } from "react";
import type { CaseDetail, NoteItem } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Avatar } from "../../../shared/ui/avatar";
import { ClockTag } from "../../shared/desk/clock-tag";
import { wordOf } from "../../shared/desk/names";
import { casePath, useDeskAction } from "../../shared/desk/use-desk";

export function CaseSide({ detail, toldAt }: { detail: CaseDetail; toldAt: number }) {
  const { t, language } = useText();
  const { case: item, dialogue, notes, history } = detail;
  return (
    <aside className="el-case-side" data-testid="case-side">
      <section>
        <header className="el-case-who">
          <Avatar name={item.customer_name} size={44} />
          <div>
            <strong>{item.customer_name}</strong>
            <span className="el-hint">{item.customer}</span>
          </div>
        </header>
        <dl>
          <dt>{t("case.queue")}</dt>
          <dd>{item.queue_name}</dd>
          <dt>{t("case.reason")}</dt>
          <dd>{wordOf("reason", item.reason, t)}</dd>
          <dt>{t("case.opened")}</dt>
          <dd>{fullTime(item.opened, language)}</dd>
          <dt>{t("case.clock")}</dt>
          <dd>
            <ClockTag item={item} toldAt={toldAt} />
            {item.breached.length > 0 && (
              <span className="el-case-breached">
                {t("case.breached", { names: item.breached.map((name) => wordOf("clock", name, t)).join(t("audit.join")) })}
              </span>
            )}
          </dd>
          <dt>{t("case.dialogue")}</dt>
          <dd data-testid="case-dialogue">
            {dialogue.stage ? wordOf("stage", dialogue.stage, t) : t("stage.none")}
            {dialogue.cards > 0 && ` · ${t("case.cards", { count: dialogue.cards })}`}
          </dd>
        </dl>
      </section>
      <Notes id={item.case} notes={notes} />
      <section>
        <h2>{t("case.history")}</h2>
        <ol className="el-case-history">
          {history.map(({ at, kind, actor, actor_name }, place) => (
            <li key={`${at} ${place}`}>
              <span>{wordOf("audit.kind", kind, t)}</span>
              <span className="el-hint">
                {actor_name || actor} · {fullTime(at, language)}
              </span>
            </li>
          ))}
        </ol>
      </section>
    </aside>
  );
}

function Notes({ id, notes }: { id: string; notes: readonly NoteItem[] }) {
  const { t, language, errorText } = useText();
  const { message } = App.useApp();
  const [text, setText] = useState("");
  const add = useDeskAction((api, said: string) => api.post<NoteItem>(casePath(id, "/notes"), { text: said }));
  const send = () =>
    add.mutate(text.trim(), {
      onSuccess: () => setText(""),
      onError: (error) => void message.error(errorText(error)),
    });
  return (
    <section className="el-notes" data-testid="notes">
      <h2>
        {t("note.title")} <span>{t("note.hidden")}</span>
      </h2>
      {notes.map((note) => (
        <article key={`${note.at} ${note.author}`} data-testid="note">
          <p>{note.text}</p>
          <span className="el-hint">
            {note.author_name || note.author} · {fullTime(note.at, language)}
          </span>
        </article>
      ))}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) send();
        }}
      >
        <Input.TextArea
          data-testid="note-input"
          aria-label={t("note.add")}
          autoSize={{ minRows: 2, maxRows: 6 }}
          maxLength={1000}
          placeholder={t("note.add")}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button htmlType="submit" size="small" data-testid="note-send" disabled={!text.trim()} loading={add.isPending}>
          {t("note.save")}
        </Button>
      </form>
    </section>
  );
}
