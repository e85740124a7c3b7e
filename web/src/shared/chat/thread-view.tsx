/** The messages of one thread: keeps the end in view, asks for earlier pages, tells what was read. */

import { useEffect, useMemo, useRef, useState } from "react";
import type { EventFrame } from "@shared/wire/generated";
import { memberWords } from "../groups/member-words";
import { ReadBy } from "../groups/read-by";
import { useNames } from "../groups/use-group";
import { useOpened } from "../own/use-opened";
import { useFreshStars } from "../own/use-stars";
import { useChat, useSession } from "../session/session";
import { useText } from "../text/language";
import { threadTime } from "../text/time";
import { cardKey, cardPhases } from "../thread/card-phase";
import { agentsIn } from "../thread/serving";
import { progressOf, readersOf } from "../thread/marks";
import { earlierOf, eventsOf, outgoingOf, type Thread } from "../thread/thread";
import { useNow } from "../ui/use-now";
import { useVisible } from "../ui/use-media";
import { BodyView, isWide } from "./body-view";
import { ForwardDialog } from "./forward-dialog";
import { aboutOf, Marked, Quoted, Reactions, RecalledRow } from "./message-extras";
import { MessageMenu, type MenuPlace } from "./message-menu";
import { MessageRow } from "./message-row";
import { OutgoingRow } from "./outgoing-row";
import { rowsOf, type Row } from "./rows";
import { usePress } from "./use-press";
import "./chat.css";
import "../groups/groups.css";

/** So many events are wanted before the person scrolls. */
const FIRST_SCREEN = 20;

interface Props {
  readonly thread: Thread;
  readonly onArticle: (broadcast: string, index: number) => void;
}

export function ThreadView({ thread, onArticle }: Props) {
  const { t, language } = useText();
  const { chat } = useSession();
  const { user, status, outgoing } = useChat();
  const scroller = useRef<HTMLDivElement>(null);
  useOpened(thread);
  useFreshStars();
  const [atEnd, setAtEnd] = useState(true);
  const [nearTop, setNearTop] = useState(false);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const [forwarded, setForwarded] = useState<EventFrame | null>(null);
  const pressOf = usePress((event: EventFrame, x: number, y: number) => setMenu({ event, x, y }));
  const visible = useVisible();
  const now = useNow(60_000);

  const events = useMemo(() => eventsOf(thread), [thread]);
  const mine = useMemo(() => outgoingOf(thread, outgoing), [thread, outgoing]);
  const rows = useMemo(() => rowsOf(events, mine, user), [events, mine, user]);
  const phases = useMemo(
    () => cardPhases(thread.parts.flatMap((part) => part.log.events), outgoing),
    [thread, outgoing],
  );
  const grouped = thread.kind === "group";
  const personOf = useNames(thread.key, events, grouped);
  const customer = thread.kind === "case" ? thread.parts[0]?.item.peer : undefined;
  const agents = useMemo(() => agentsIn(events), [events]);
  const earlier = earlierOf(thread);
  const loading = thread.parts.some((part) => part.loadingEarlier);

  useEffect(() => {
    if (status.state === "online" && (nearTop || events.length < FIRST_SCREEN)) {
      earlier.forEach((conv) => chat.loadEarlier(conv));
    }
  });
  useEffect(() => {
    if (!visible || !atEnd) return;
    for (const { item, log } of thread.parts) chat.read(item.conv, log.high);
  }, [chat, thread, visible, atEnd]);
  const toEnd = () => {
    if (scroller.current) scroller.current.scrollTop = 0;
  };
  useEffect(toEnd, [mine.length]);

  function onScroll() {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = scroller.current ?? {};
    setAtEnd(scrollTop > -80);
    setNearTop(scrollHeight - clientHeight + scrollTop < 300);
  }

  function nameOf(event: EventFrame): string {
    if (event.from === user) return t("message.me");
    if (grouped) return personOf(event.from);
    if (thread.kind !== "case" || event.from === customer) return agents.get(event.from) ?? thread.title;
    return event.from.startsWith("@") ? t("case.bot") : (agents.get(event.from) ?? t("case.colleague"));
  }

  function view(row: Row) {
    if (row.kind === "time") {
      return (
        <div className="el-time" key={row.key}>
          {threadTime(row.ts, now, language, t)}
        </div>
      );
    }
    if (row.kind === "member") {
      return (
        <div className="el-member-line" key={row.key} data-testid="member-line">
          {memberWords(row.body, personOf, t)}
        </div>
      );
    }
    if (row.kind === "assign") {
      return (
        <div className="el-member-line" key={row.key} data-testid="assign-line" data-state={row.body.state}>
          {row.body.text}
        </div>
      );
    }
    if (row.kind === "outgoing") return <OutgoingRow key={row.key} item={row.item} body={row.body} />;
    const { event } = row;
    const own = event.from === user;
    // Whoever of the house answered a customer stands on the house's side.
    const ours = own || (thread.kind === "case" && event.from !== customer);
    const signed = !own && (grouped || agents.has(event.from) || (ours && thread.kind === "case"));
    const part = thread.parts.find(({ item }) => item.conv === event.conv);
    if (event.body.type === "recalled") {
      return <RecalledRow key={row.key} event={event} mine={own} name={nameOf(event)} />;
    }
    const replyTo = aboutOf(event)?.reply_to;
    const target = replyTo ? part?.log.events.find(({ seq }) => seq === replyTo) : undefined;
    const writable = event.conv === thread.conv;
    const progress = part && thread.kind === "direct" ? progressOf(part, user, event.seq) : "sent";
    const phase = phases.get(cardKey(event.conv, event.seq)) ?? "open";
    return (
      <MessageRow
        key={row.key}
        mine={ours}
        name={nameOf(event)}
        account={!agents.has(event.from) && thread.kind === "account"}
        state={own ? progress : "received"}
        mid={event.mid}
        event={event}
        wide={isWide(event.body)}
        showState={thread.kind === "direct"}
        press={event.body.type === "card" ? undefined : pressOf(event)}
        aside={
          <>
            <Reactions event={event} writable={writable} />
            <Marked event={event} />
            {own && grouped && part && <ReadBy event={event} count={readersOf(part, user, event.seq)} />}
          </>
        }
      >
        {signed && <span className="el-sender">{nameOf(event)}</span>}
        {replyTo !== undefined && <Quoted target={target} name={target ? nameOf(target) : ""} />}
        <BodyView body={event.body} event={event} phase={phase} mine={ours} onArticle={onArticle} />
      </MessageRow>
    );
  }

  return (
    <div className="el-thread">
      <div className="el-scroll" ref={scroller} onScroll={onScroll} data-testid="thread">
        <div className="el-rows" role="log" aria-live="polite">
          <div className="el-time">{loading ? t("chat.loadingEarlier") : earlier.length ? "" : t("chat.start")}</div>
          {rows.map(view)}
        </div>
      </div>
      {menu && (
        <MessageMenu
          place={menu}
          mine={menu.event.from === user}
          name={nameOf(menu.event)}
          editable={thread.kind === "direct" || thread.kind === "group"}
          writable={menu.event.conv === thread.conv}
          onForward={setForwarded}
          onClose={() => setMenu(null)}
        />
      )}
      {forwarded && <ForwardDialog event={forwarded} onClose={() => setForwarded(null)} />}
      {!atEnd && (
        <button type="button" className="el-plain el-to-end" onClick={toEnd} aria-label={t("chat.newMessages")}>
          {thread.unread > 0 ? `${t("chat.newMessages")} ↓` : "↓"}
        </button>
      )}
    </div>
  );
}
