/**
 * After each connect: list the conversations, `sync` them, then read on wherever pushes were
 * not enough (`lagging`, gaps). A few history pages are on their way at a time, never one a conversation.
 */

import { LIMITS, type ConversationItem, type EventsFrame, type Mark } from "@shared/wire/generated";
import type { Conversation } from "./conversation";
import { hasGap } from "./log";
import type { Requests } from "./requests";
import type { Cancel, Surroundings } from "./surroundings";

const AT_ONCE = 4;
const PAGE = 200;
const AGAIN_MS = 2000;

export interface Screen {
  conversations(): ReadonlyMap<string, Conversation>;
  onItems(items: readonly ConversationItem[]): void;
  onPage(page: EventsFrame): void;
  onMarks(marks: readonly Mark[]): void;
  onLive(): void;
}

export class CatchUp {
  #live = false;
  #on = false;
  #listing = false;
  #relistWanted = false;
  #version = 0;
  readonly #synced = new Set<string>();
  readonly #behind = new Set<string>();
  readonly #asked = new Set<string>();
  readonly #again = new Set<Cancel>();

  constructor(
    private readonly requests: Requests,
    private readonly world: Surroundings,
    private readonly screen: Screen,
  ) {}

  /** Everything listed is caught up with, or being read on. */
  get live(): boolean {
    return this.#live;
  }

  begin(): void {
    this.end();
    this.#on = true;
    this.#list();
  }

  end(): void {
    this.#on = this.#live = this.#listing = this.#relistWanted = false;
    this.#synced.clear();
    this.#asked.clear();
    this.#again.forEach((cancel) => cancel());
    this.#again.clear();
  }

  relist(): void {
    if (this.#listing) this.#relistWanted = true;
    else if (this.#on) this.#list();
  }

  readOn(conv: string | undefined): void {
    if (conv && !this.screen.conversations().has(conv)) return this.relist(); // new to us: learn of it first
    if (conv) this.#behind.add(conv);
    else for (const each of this.screen.conversations().keys()) this.#behind.add(each);
    this.#pump();
  }

  /** An event arrived: did it leave a gap? */
  check(conv: string): void {
    const known = this.screen.conversations().get(conv);
    if (known && hasGap(known.log)) this.readOn(conv);
  }

  #list(): void {
    this.#listing = true;
    this.requests.ask(
      { type: "conversations", after: this.#version, limit: 200 },
      {
        onAnswer: (frame) => {
          if (frame.type !== "conversations") return;
          this.#version = Math.max(this.#version, ...frame.items.map((item) => item.version));
          this.screen.onItems(frame.items);
          if (frame.more) this.#list();
          else this.#sync();
        },
        onError: (error) => this.#later(() => this.#list(), error.retry_after),
      },
    );
  }

  #sync(): void {
    const fresh = [...this.screen.conversations()].filter(([conv]) => !this.#synced.has(conv));
    const some = fresh.slice(0, LIMITS.SYNC_CONVERSATIONS);
    if (!some.length) return this.#done();
    const cursors = Object.fromEntries(some.map(([conv, known]) => [conv, known.log.high]));
    this.requests.ask(
      { type: "sync", cursors },
      {
        onAnswer: (frame) => {
          if (frame.type !== "synced") return;
          some.forEach(([conv]) => this.#synced.add(conv));
          this.screen.onMarks(frame.marks);
          this.#sync();
        },
        onError: (error) => this.#later(() => this.#sync(), error.retry_after),
      },
    );
  }

  #done(): void {
    this.#listing = false;
    this.#live = true;
    for (const conv of this.screen.conversations().keys()) this.check(conv);
    this.#pump();
    this.screen.onLive();
    if (!this.#relistWanted) return;
    this.#relistWanted = false;
    this.#list();
  }

  #pump(): void {
    if (!this.#live) return;
    for (const conv of this.#behind) {
      if (this.#asked.size >= AT_ONCE) return;
      if (!this.#asked.has(conv)) this.#readPage(conv);
    }
  }

  #readPage(conv: string): void {
    const known = this.screen.conversations().get(conv);
    if (!known) {
      this.#behind.delete(conv);
      return;
    }
    this.#asked.add(conv);
    this.requests.ask(
      { type: "history", conv, after: known.log.high, limit: PAGE },
      {
        onAnswer: (frame) => {
          this.#asked.delete(conv);
          if (frame.type !== "events") return;
          this.screen.onPage(frame);
          if (!frame.more) this.#behind.delete(conv);
          this.check(conv);
          this.#pump();
        },
        onError: (error) => {
          if (error.code === "not_a_member" || error.code === "not_found") this.#behind.delete(conv);
          this.#later(() => {
            this.#asked.delete(conv);
            this.#pump();
          }, error.retry_after);
        },
      },
    );
  }

  #later(run: () => void, retryAfter: number | null | undefined): void {
    const cancel = this.world.setTimer(
      () => {
        this.#again.delete(cancel);
        run();
      },
      retryAfter ? retryAfter * 1000 : AGAIN_MS,
    );
    this.#again.add(cancel);
  }
}
