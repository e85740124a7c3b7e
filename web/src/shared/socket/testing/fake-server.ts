/** A small server in memory that keeps the promises of the protocol: logs, dedupe by `mid`, sync, history. */

import type { Body, ClientFrame, EventFrame, ServerFrame } from "@shared/wire/generated";
import type { NamedFrame } from "../outbox";
import type { SocketLike } from "../surroundings";

interface Room {
  readonly kind: string;
  readonly peer: string;
  readonly events: EventFrame[];
}

export class FakeSocket implements SocketLike {
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  closed = false;

  constructor(private readonly onSend: (frame: ClientFrame) => void) {}

  send(text: string): void {
    if (!this.closed) this.onSend(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.closed = true;
  }

  receive(frame: ServerFrame): void {
    if (!this.closed) this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  hangUp(code: number, reason = ""): void {
    this.closed = true;
    this.onclose?.(new CloseEvent("close", { code, reason }));
  }
}

export class FakeServer {
  readonly rooms = new Map<string, Room>();
  readonly heard: ClientFrame[] = [];
  readonly sockets: FakeSocket[] = [];
  /** Stores what is sent and loses the answer, as a server killed in between does. */
  loseAcks = false;
  /** Answers `send` with this error instead. */
  refuse: { code: string; retry_after?: number } | null = null;
  /** Answers `history` with `rate_limited`. */
  busy = false;
  /** Events of one `sync` before it says `lagging`. */
  syncLimit = 100;

  constructor(private readonly now: () => number) {}

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("nobody connected");
    return socket;
  }

  open(conv: string, kind = "direct", peer = ""): void {
    this.rooms.set(conv, { kind, peer, events: [] });
  }

  /** Somebody writes; `push` tells the connected client at once. */
  write(conv: string, from: string, body: Body, push = true): EventFrame {
    const event = this.#append(conv, from, `${from}-${this.now()}-${this.#room(conv).events.length}`, body);
    if (push && this.sockets.length) this.socket.receive(event);
    return event;
  }

  frames<T extends ClientFrame["type"]>(type: T): Extract<ClientFrame, { type: T }>[] {
    return this.heard.filter((frame): frame is Extract<ClientFrame, { type: T }> => frame.type === type);
  }

  connect(): FakeSocket {
    const socket: FakeSocket = new FakeSocket((frame) => {
      this.heard.push(frame);
      queueMicrotask(() => this.#answer(socket, frame));
    });
    this.sockets.push(socket);
    queueMicrotask(() => socket.onopen?.(new Event("open")));
    return socket;
  }

  #answer(socket: FakeSocket, frame: ClientFrame): void {
    if (frame.type === "hello") {
      const windows = { edit_s: 900, recall_s: 120, staff_recall_s: 86_400 };
      const limits = { frame_bytes: 65536, text_chars: 4000, sync_conversations: 500, history: 200, ...windows };
      const about = { user: "me", device: frame.device, session: "s", server_time: this.now() };
      socket.receive({ type: "welcome", ...about, heartbeat_s: 25, limits, features: [] });
    } else if (frame.type === "conversations") {
      const items = [...this.rooms].map(([conv, room]) => this.#item(conv, room));
      socket.receive({ type: "conversations", id: frame.id ?? "", items, more: false });
    } else if (frame.type === "sync") {
      for (const [conv, cursor] of Object.entries(frame.cursors)) this.#sync(socket, conv, cursor);
      socket.receive({ type: "synced", id: frame.id ?? "", marks: [] });
    } else if (frame.type === "history" && this.busy) {
      socket.receive({ type: "error", id: frame.id ?? "", code: "rate_limited", message: "", retry_after: 5 });
    } else if (frame.type === "history") {
      socket.receive(this.#history(frame.id ?? "", frame.conv, frame.after, frame.before, frame.limit ?? 50));
    } else if (frame.type === "send" || frame.type === "submit") this.#store(socket, frame);
    else if (frame.type === "ping") socket.receive({ type: "pong" });
  }

  #item(conv: string, { kind, peer, events }: Room) {
    const last = events.at(-1) ?? null;
    const unread = last?.n ?? 0;
    return { conv, kind, peer, title: conv, head: events.length, read: 0, unread, version: 1, first_seq: 1, last };
  }

  #sync(socket: FakeSocket, conv: string, cursor: number): void {
    const missed = this.#room(conv).events.slice(cursor);
    missed.slice(0, this.syncLimit).forEach((event) => socket.receive(event));
    if (missed.length > this.syncLimit) socket.receive({ type: "lagging", conv, head: cursor + missed.length });
  }

  #history(id: string, conv: string, after: number | null = null, before: number | null = null, limit = 50): ServerFrame {
    const { events } = this.#room(conv);
    const start = before === null ? (after ?? 0) : Math.max(0, before - 1 - limit);
    const end = before === null ? Math.min(events.length, start + limit) : before - 1;
    const more = before === null ? end < events.length : start > 0;
    return { type: "events", id, conv, events: events.slice(start, end), head: events.length, first_seq: 1, more };
  }

  #store(socket: FakeSocket, frame: NamedFrame): void {
    if (this.refuse) {
      const { code, retry_after = null } = this.refuse;
      socket.receive({ type: "error", id: frame.id ?? "", code, message: "", retry_after });
      return;
    }
    const { events } = this.#room(frame.conv);
    const known = events.find((event) => event.from === "me" && event.mid === frame.mid);
    const body = bodyOf(frame);
    const event = known ?? this.#append(frame.conv, "me", frame.mid, body);
    const { conv, mid, seq, ts } = event;
    if (!this.loseAcks) {
      socket.receive({ type: "ack", id: frame.id ?? "", conv, mid, seq, ts, duplicate: known !== undefined });
    }
  }

  #append(conv: string, from: string, mid: string, body: Body): EventFrame {
    const { events } = this.#room(conv);
    const kind = NOT_SAID.find((each) => each === body.type) ?? "message";
    const n = (events.at(-1)?.n ?? 0) + (kind === "message" ? 1 : 0);
    const event: EventFrame = { type: "event", conv, seq: events.length + 1, mid, from, ts: this.now(), kind, n, body };
    events.push(event);
    return event;
  }

  #room(conv: string): Room {
    const room = this.rooms.get(conv);
    if (!room) throw new Error(`no conversation ${conv}`);
    return room;
  }
}

const NOT_SAID = ["card_state", "edit", "recall", "reaction"] as const;

function bodyOf(frame: NamedFrame): Body {
  switch (frame.type) {
    case "send":
      return frame.body;
    case "submit":
      return { type: "card_state", card: frame.seq, card_id: "c", state: "submitted", action: frame.action, device: "phone" };
    case "edit":
      return { type: "edit", target: frame.target, body: frame.body };
    case "recall":
      return { type: "recall", target: frame.target };
    case "react":
      return { type: "reaction", target: frame.target, emoji: frame.emoji ?? "", was: "" };
  }
}
