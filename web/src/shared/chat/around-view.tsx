/** A look at the log around one old message; the thread itself goes on behind it. */

import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { ErrorFrame, EventFrame, EventsFrame } from "@shared/wire/generated";
import { memberWords } from "../groups/member-words";
import { useNames } from "../groups/use-group";
import { useChat, useSession } from "../session/session";
import { useText } from "../text/language";
import { threadTime } from "../text/time";
import type { Thread } from "../thread/thread";
import { useNow } from "../ui/use-now";
import { BodyView, isWide } from "./body-view";
import { RecalledRow } from "./message-extras";
import { MessageRow } from "./message-row";
import { rowsOf } from "./rows";

interface Props {
  readonly thread: Thread;
  readonly conv: string;
  readonly seq: number;
  readonly onArticle: (broadcast: string, index: number) => void;
  readonly onLatest: () => void;
}

type Side = "before" | "after";

export function AroundView({ thread, conv, seq, onArticle, onLatest }: Props) {
  const { t, language, errorText } = useText();
  const { chat } = useSession();
  const { user, status } = useChat();
  const now = useNow(60_000);
  const [events, setEvents] = useState<readonly EventFrame[]>([]);
  const [more, setMore] = useState({ before: false, after: false });
  const [failed, setFailed] = useState<ErrorFrame | null>(null);
  const looked = useRef<HTMLDivElement>(null);
  const online = status.state === "online";
  const grouped = thread.kind === "group";
  const personOf = useNames(thread.key, events, grouped);

  function ask(side: Side, from: number) {
    const take = (page: EventsFrame) => {
      setEvents((held) => joined(held, page.events));
      setMore((known) => ({ ...known, [side]: page.more }));
    };
    chat.look(conv, { [side]: from }, take, (error) => setFailed(error));
  }
  const begin = useEffectEvent(() => {
    ask("before", seq + 1);
    ask("after", seq);
  });
  useEffect(() => {
    if (online) begin();
  }, [online]);
  const there = events.some((event) => event.seq === seq);
  useEffect(() => {
    if (there) looked.current?.scrollIntoView({ block: "center" });
  }, [there]);

  return (
    <div className="el-thread">
      <div className="el-around" data-testid="around">
        <div className="el-rows" role="log">
          {failed && <div className="el-state">{errorText(failed)}</div>}
          {more.before && (
            <button type="button" className="el-plain el-time" onClick={() => ask("before", events[0]?.seq ?? seq)}>
              {t("chat.earlier")}
            </button>
          )}
          {rowsOf(events, [], user).map((row) => {
            if (row.kind === "time") {
              return (
                <div className="el-time" key={row.key}>
                  {threadTime(row.ts, now, language, t)}
                </div>
              );
            }
            if (row.kind === "member") {
              return (
                <div className="el-member-line" key={row.key}>
                  {memberWords(row.body, personOf, t)}
                </div>
              );
            }
            if (row.kind !== "event") return null;
            const { event } = row;
            const here = event.seq === seq;
            const own = event.from === user;
            const name = own ? t("message.me") : grouped ? personOf(event.from) : thread.title;
            if (event.body.type === "recalled") {
              return <RecalledRow key={row.key} event={event} mine={own} name={name} />;
            }
            return (
              <div key={row.key} ref={here ? looked : null} className={here ? "el-looked-at" : "el-look"} data-looked-at={here}>
                <MessageRow
                  mine={own}
                  name={name}
                  account={thread.kind === "account"}
                  state="received"
                  mid={event.mid}
                  event={event}
                  wide={isWide(event.body)}
                  showState={false}
                >
                  {!own && grouped && <span className="el-sender">{name}</span>}
                  <BodyView body={event.body} event={event} phase="done" mine={own} onArticle={onArticle} />
                </MessageRow>
              </div>
            );
          })}
          {more.after && (
            <button type="button" className="el-plain el-time" onClick={() => ask("after", events.at(-1)?.seq ?? seq)}>
              {t("search.later")}
            </button>
          )}
        </div>
      </div>
      <button type="button" className="el-plain el-to-end" data-testid="to-latest" onClick={onLatest}>
        {t("search.latest")} ↓
      </button>
    </div>
  );
}

function joined(held: readonly EventFrame[], page: readonly EventFrame[]): EventFrame[] {
  const bySeq = new Map([...held, ...page].map((event) => [event.seq, event]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}
