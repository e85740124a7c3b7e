/**
 * The one owner of the socket: keeps every conversation of this person true on this screen.
 *
 * Screens read its snapshot and ask it to send; they never see a frame. A push is only a hint:
 * gaps, `lagging` and reconnects are repaired by reading the log from the last `seq` held.
 */

import type {
  AckFrame,
  ClientBody,
  ConversationItem,
  ErrorFrame,
  EventFrame,
  EventsFrame,
  Limits,
  ReactFrame,
  SendFrame,
  ServerFrame,
  SettingsFrame,
  WaitingFrame,
  DeskMovedFrame,
} from "@shared/wire/generated";
import { CatchUp } from "./catch-up";
import { Connection, type Status } from "./connection";
import { withItem, withMark, withPage, withPushed, withSettings, withTyping, type Conversation } from "./conversation";
import { hasEarlier, lowest } from "./log";
import { Outbox, type Outgoing } from "./outbox";
import { OwnState } from "./own";
import { eventOf } from "./own-event";
import { PositionReports } from "./positions";
import { PresenceBook } from "./presence";
import { Requests } from "./requests";
import type { Cancel, Surroundings } from "./surroundings";

const ACK_MS = 15_000;
const REPORT_MS = 120;
const NOTIFY_MS = 10;
const TYPING_MS = 6000;
const PAGE = 50;
const LOOK = 25;

/** What a message refers to: the message that it answers, whom it names, where it was copied from. */
export type Refers = Pick<SendFrame, "reply_to" | "mentions" | "forwarded">;
/** Something moved at a desk; nothing of it is kept here. */
export type DeskSignal = WaitingFrame | DeskMovedFrame;
export type Emoji = NonNullable<ReactFrame["emoji"]>;

export interface Snapshot {
  readonly status: Status;
  readonly user: string;
  /** Every conversation is listed and caught up since the last (re)connect. */
  readonly listed: boolean;
  /** Server time minus this machine's, in milliseconds. */
  readonly clockSkew: number;
  /** What the server said it takes, and for how long; null until it greeted. */
  readonly limits: Limits | null;
  readonly conversations: ReadonlyMap<string, Conversation>;
  readonly outgoing: readonly Outgoing[];
}

export class Chat {
  #snapshot: Snapshot = {
    status: { state: "idle" },
    user: "",
    listed: false,
    clockSkew: 0,
    limits: null,
    conversations: new Map(),
    outgoing: [],
  };
  readonly #listeners = new Set<() => void>();
  readonly #problems = new Set<(code: string) => void>();
  readonly #contactListeners = new Set<() => void>();
  readonly presence: PresenceBook;
  readonly #deskListeners = new Set<(signal: DeskSignal) => void>();
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly own: OwnState;
  readonly #catchUp: CatchUp;
  readonly #outbox = new Outbox();
  readonly #reports = new PositionReports();
  readonly #typingEnds = new Map<string, Cancel>();
  #ackTimer: Cancel = () => undefined;
  #outboxTimer: Cancel = () => undefined;
  #reportTimer: Cancel | null = null;
  #notify: Cancel | null = null;

  constructor(private readonly world: Surroundings) {
    this.#connection = new Connection(world, {
      onStatus: (status) => this.#onStatus(status),
      onWelcome: ({ user, server_time, limits }) => {
        this.#change({ user, limits, clockSkew: server_time - world.now() });
        this.#catchUp.begin();
        this.presence.begin();
        this.#pump();
      },
      onFrame: (frame) => this.#onFrame(frame),
    });
    this.#requests = new Requests((frame) => this.#connection.send(frame));
    this.presence = new PresenceBook(world, (frame) => this.#connection.send(frame));
    this.own = new OwnState(this.#requests, world, (code) => this.#problems.forEach((listener) => listener(code)));
    this.#catchUp = new CatchUp(this.#requests, world, {
      conversations: () => this.#snapshot.conversations,
      onItems: (items) => this.#onItems(items),
      onPage: (page) => this.#update(page.conv, (known) => withPage(known, page, "after", this.#snapshot.user)),
      onMarks: (marks) => marks.forEach((mark) => this.#update(mark.conv, (known) => withMark(known, mark, this.#snapshot.user))),
      onLive: () => {
        this.#change({ listed: true });
        this.#reportSoon();
      },
    });
  }

  readonly snapshot = (): Snapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): Cancel => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Hears the error words of what could not be sent. */
  readonly onProblem = (listener: (code: string) => void): Cancel => {
    this.#problems.add(listener);
    return () => this.#problems.delete(listener);
  };

  /** Contacts or requests are no longer what they were. */
  readonly onContacts = (listener: () => void): Cancel => {
    this.#contactListeners.add(listener);
    return () => this.#contactListeners.delete(listener);
  };

  readonly onDesk = (listener: (signal: DeskSignal) => void): Cancel => {
    this.#deskListeners.add(listener);
    return () => this.#deskListeners.delete(listener);
  };

  start = (): void => this.#connection.start();
  stop = (): void => this.#connection.stop();
  wake = (): void => this.#connection.wake();
  /** Something that changes the list was done over HTTP, for instance an account followed. */
  relist = (): void => this.#catchUp.relist();

  /** Under the draft's `mid` if there is one: that takes the draft away everywhere. */
  send(conv: string, body: ClientBody, refers: Refers = {}, mid = this.world.newId()): string {
    return this.#queue({ type: "send", conv, mid, body, ...refers });
  }

  edit(conv: string, target: number, text: string): string {
    return this.#queue({ type: "edit", conv, mid: this.world.newId(), target, body: { type: "text", text } });
  }

  recall(conv: string, target: number): string {
    return this.#queue({ type: "recall", conv, mid: this.world.newId(), target });
  }

  /** This person's one emoji on a message; an empty one takes it back. */
  react(conv: string, target: number, emoji: Emoji): string {
    return this.#queue({ type: "react", conv, mid: this.world.newId(), target, emoji });
  }

  submit(conv: string, seq: number, action: string, values: Record<string, string>): string {
    return this.#queue({ type: "submit", conv, mid: this.world.newId(), seq, action, values });
  }

  retry(mid: string): void {
    this.#outbox.retry(mid);
    this.#pump();
  }

  discard(mid: string): void {
    this.#outbox.remove(mid);
    this.#pump();
  }

  typing(conv: string, on: boolean): void {
    this.#connection.send({ type: "typing", conv, on });
  }

  read(conv: string, seq: number): void {
    this.#reports.noteRead(conv, seq);
    this.#reportSoon();
  }

  /** One page of a log for a look around an old message; what this screen holds stays as it is. */
  look(
    conv: string,
    from: { readonly after?: number; readonly before?: number },
    onPage: (page: EventsFrame) => void,
    onError: (error: ErrorFrame) => void,
  ): void {
    const onAnswer = (frame: ServerFrame) => {
      if (frame.type === "events") onPage(frame);
    };
    this.#requests.ask({ type: "history", conv, ...from, limit: LOOK }, { onAnswer, onError });
  }

  loadEarlier(conv: string): void {
    const known = this.#snapshot.conversations.get(conv);
    if (!known || known.loadingEarlier || !hasEarlier(known.log) || !this.#connection.online) return;
    this.#update(conv, (now) => ({ ...now, loadingEarlier: true }));
    const failed = () => this.#update(conv, (now) => ({ ...now, loadingEarlier: false }));
    // Until then the screen, which asks at every painting, does not ask again.
    const later = (seconds: number) => this.world.setTimer(failed, seconds * 1000);
    this.#requests.ask(
      { type: "history", conv, before: lowest(known.log), limit: PAGE },
      {
        onAnswer: (frame) => {
          if (frame.type === "events") this.#update(conv, (now) => withPage(now, frame, "before", this.#snapshot.user));
        },
        onError: (error) => later(error.retry_after ?? 5),
      },
    );
  }

  #queue(frame: Parameters<Outbox["add"]>[0]): string {
    this.#outbox.add(frame, this.world.now() + this.#snapshot.clockSkew);
    this.#pump();
    return frame.mid;
  }

  #onStatus(status: Status): void {
    if (status.state !== "online") {
      this.#requests.clear();
      this.#catchUp.end();
      this.presence.end();
      this.#reports.forgetTold();
      this.#outbox.requeue();
      this.#ackTimer();
    }
    const idle = [...this.#snapshot.conversations].map(
      ([conv, known]) => [conv, { ...known, loadingEarlier: false, typing: [] }] as const,
    );
    this.#change({ status, conversations: new Map(idle), outgoing: this.#outbox.items });
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.type === "event") this.#onEvent(frame);
    else if (frame.type === "ack") this.#onAck(frame);
    else if (frame.type === "marks") {
      this.#update(frame.conv, (known) => withMark(known, frame, this.#snapshot.user));
    } else if (frame.type === "typing") this.#onTyping(frame.conv, frame.user, frame.on);
    else if (frame.type === "presence") this.presence.hear(frame);
    else if (frame.type === "contacts_changed") this.#contactListeners.forEach((listener) => listener());
    else if (frame.type === "waiting" || frame.type === "desk") this.#deskListeners.forEach((listener) => listener(frame));
    else if (frame.type === "settings") {
      this.#onSettings(frame);
      this.#requests.answer(frame);
    } else if (frame.type === "star") {
      this.own.starred(frame);
      this.#requests.answer(frame);
    } else if (frame.type === "lagging") this.#catchUp.readOn(frame.conv);
    else if (!this.#requests.answer(frame) && frame.type === "error") this.#onError(frame);
  }

  #onItems(items: readonly ConversationItem[]): void {
    const conversations = new Map(this.#snapshot.conversations);
    for (const item of items) conversations.set(item.conv, withItem(conversations.get(item.conv), item));
    this.#change({ conversations });
  }

  #onSettings(told: SettingsFrame): void {
    const before = this.#snapshot.conversations.get(told.conv)?.item.first_seq;
    this.#update(told.conv, (known) => withSettings(known, told, this.#snapshot.user));
    // Of what is not held here, only the list knows how much was unread.
    if (before !== told.first_seq) this.#catchUp.relist();
  }

  #onEvent(event: EventFrame): void {
    if (!this.#snapshot.conversations.has(event.conv)) return this.#catchUp.relist();
    this.#update(event.conv, (known) => withPushed(known, event, this.#snapshot.user));
    this.#catchUp.check(event.conv);
    if (event.kind === "member" || event.kind === "assign") this.#catchUp.relist(); // my own place may have changed
  }

  #onAck(ack: AckFrame): void {
    const item = this.#outbox.markAcked(ack.mid, ack.seq);
    const known = this.#snapshot.conversations.get(ack.conv);
    if (item && known) this.#onEvent(eventOf(item, ack, known, this.#snapshot.user, this.world.device));
    this.#pump();
  }

  #onError(error: ErrorFrame): void {
    if (error.id === undefined) return;
    const failed = this.#outbox.markRefused(error.id, error, this.world.now());
    if (failed) this.#problems.forEach((listener) => listener(error.code));
    this.#pump();
  }

  #onTyping(conv: string, user: string, on: boolean): void {
    const key = `${conv} ${user}`;
    this.#typingEnds.get(key)?.();
    this.#typingEnds.delete(key);
    this.#update(conv, (known) => withTyping(known, user, on));
    if (!on) return;
    this.#typingEnds.set(key, this.world.setTimer(() => this.#onTyping(conv, user, false), TYPING_MS));
  }

  /** Sends what is due and shows the outbox as it now is. */
  #pump(): void {
    const now = this.world.now();
    for (const { frame } of this.#outbox.due(now)) {
      if (this.#connection.send({ ...frame, id: frame.mid })) this.#outbox.markSent(frame.mid);
    }
    this.#ackTimer();
    if (this.#outbox.items.some((item) => item.state === "sent")) {
      this.#ackTimer = this.world.setTimer(() => this.#connection.restart(), ACK_MS);
    }
    this.#outboxTimer();
    const wait = this.#connection.online ? this.#outbox.wait(now) : null;
    if (wait) this.#outboxTimer = this.world.setTimer(() => this.#pump(), wait);
    this.#change({ outgoing: this.#outbox.items });
  }

  #reportSoon(): void {
    if (this.#reportTimer || !this.#catchUp.live) return;
    this.#reportTimer = this.world.setTimer(() => {
      this.#reportTimer = null;
      for (const known of this.#snapshot.conversations.values()) this.#report(known);
    }, REPORT_MS);
  }

  #report(known: Conversation): void {
    for (const frame of this.#reports.due(known, this.#snapshot.user)) {
      if (!this.#connection.send(frame) || frame.type !== "read") continue;
      const mark = { conv: frame.conv, user: this.#snapshot.user, read: frame.seq };
      this.#update(frame.conv, (now) => withMark(now, mark, this.#snapshot.user));
    }
  }

  #update(conv: string, change: (known: Conversation) => Conversation): void {
    const known = this.#snapshot.conversations.get(conv);
    if (!known) return;
    const next = change(known);
    if (next.log !== known.log) {
      this.#outbox.settle(conv, next.log.high, new Set(next.log.events.map((event) => event.mid)));
      this.#reportSoon();
    }
    const conversations = new Map(this.#snapshot.conversations).set(conv, next);
    this.#change({ conversations, outgoing: this.#outbox.items });
  }

  #change(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    // A catch-up of a thousand events is a few dozen paintings, not a thousand.
    this.#notify ??= this.world.setTimer(() => {
      this.#notify = null;
      this.#listeners.forEach((listener) => listener());
    }, NOTIFY_MS);
  }
}
