/** The files that are on their way, one after another for each conversation; outlives its screens. */

import type { Chat } from "../socket/chat";
import { ApiError, type Api } from "../http/api";
import { bodyOf, LARGEST, uploadFile, type Sending } from "./upload";

export interface TrayItem {
  readonly id: number;
  readonly conv: string;
  readonly sending: Sending;
  readonly upload: string | null;
  readonly received: number;
  /** An error word; empty while it is on its way. */
  readonly failed: string;
}

export class Tray {
  #items: readonly TrayItem[] = [];
  #lastId = 0;
  readonly #running = new Map<number, AbortController>();
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly api: Api,
    private readonly chat: Chat,
  ) {}

  readonly items = (): readonly TrayItem[] => this.#items;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(conv: string, sending: Sending): void {
    this.#lastId += 1;
    const { size } = sending.file;
    const failed = size > LARGEST ? "too_long" : size ? "" : "invalid_value";
    this.#show([...this.#items, { id: this.#lastId, conv, sending, upload: null, received: 0, failed }]);
    this.#goOn(conv);
  }

  retry(id: number): void {
    const item = this.#items.find((each) => each.id === id);
    if (!item?.failed) return;
    this.#change(id, { failed: "" });
    this.#goOn(item.conv);
  }

  discard(id: number): void {
    const item = this.#items.find((each) => each.id === id);
    this.#running.get(id)?.abort();
    this.#show(this.#items.filter((each) => each.id !== id));
    if (!item) return;
    if (item.upload) void this.api.delete(`/v1/media/uploads/${item.upload}`).catch(() => undefined);
    this.#goOn(item.conv);
  }

  #goOn(conv: string): void {
    const waiting = this.#items.filter((item) => item.conv === conv && !item.failed);
    const next = waiting[0];
    if (next && !waiting.some((item) => this.#running.has(item.id))) void this.#run(next);
  }

  async #run({ id, conv, sending, upload }: TrayItem): Promise<void> {
    const ending = new AbortController();
    this.#running.set(id, ending);
    const told = (now: { upload: string; received: number }) => this.#change(id, now);
    try {
      const medium = await uploadFile(this.api, conv, sending.file, upload, told, ending.signal);
      if (!ending.signal.aborted) {
        this.chat.send(conv, bodyOf(sending, medium));
        this.#show(this.#items.filter((item) => item.id !== id));
      }
    } catch (error) {
      const code = error instanceof ApiError ? error.code : "internal";
      // What is gone or refused has to begin again.
      const again = code === "offline" || code === "store_unavailable" ? {} : { upload: null };
      this.#change(id, { ...again, failed: code });
    } finally {
      this.#running.delete(id);
      this.#goOn(conv);
    }
  }

  #change(id: number, change: Partial<TrayItem>): void {
    this.#show(this.#items.map((item) => (item.id === id ? { ...item, ...change, id } : item)));
  }

  #show(items: readonly TrayItem[]): void {
    this.#items = items;
    this.#listeners.forEach((listener) => listener());
  }
}
