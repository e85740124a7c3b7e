/**
 * What this person asked to send and what is not yet known to be stored. In memory only.
 *
 * One is on its way per conversation, so that a retry cannot overtake; each keeps its `mid`,
 * so that sending again after a lost answer stores nothing twice.
 */

import type {
  EditMessageFrame,
  ErrorFrame,
  ReactFrame,
  RecallMessageFrame,
  SendFrame,
  SubmitFrame,
} from "@shared/wire/generated";

/** What is stored under its `mid`. */
export type NamedFrame = SendFrame | SubmitFrame | EditMessageFrame | RecallMessageFrame | ReactFrame;

export interface Outgoing {
  readonly frame: NamedFrame;
  readonly at: number;
  readonly state: "queued" | "sent" | "acked" | "failed";
  readonly notBefore: number;
  readonly seq?: number;
  readonly code?: string;
}

const AGAIN = new Set(["rate_limited", "overloaded", "store_unavailable", "internal", "version_conflict"]);
const AGAIN_MS = 2000;

export class Outbox {
  #items: readonly Outgoing[] = [];

  get items(): readonly Outgoing[] {
    return this.#items;
  }

  add(frame: NamedFrame, at: number): void {
    this.#items = [...this.#items, { frame, at, state: "queued", notBefore: 0 }];
  }

  /** For each conversation with nothing on its way: the first that waits, if its time has come. */
  due(now: number): Outgoing[] {
    return this.#waiting().filter((item) => item.notBefore <= now);
  }

  /** When something that waits for its time becomes due, in milliseconds from now. */
  wait(now: number): number | null {
    const times = this.#waiting().map((item) => item.notBefore);
    return times.length ? Math.max(0, Math.min(...times) - now) : null;
  }

  markSent(mid: string): void {
    this.#change(mid, { state: "sent" });
  }

  /** Values leave memory here; a line that is shown stays until the log shows the event. */
  markAcked(mid: string, seq: number): Outgoing | undefined {
    const item = this.#find(mid);
    if (item?.frame.type !== "send") this.remove(mid);
    else this.#change(mid, { state: "acked", seq });
    return item;
  }

  /** Returns the item if it failed for good. A refused secret, and what has no line of its own, are forgotten. */
  markRefused(mid: string, error: ErrorFrame, now: number): Outgoing | undefined {
    const item = this.#find(mid);
    if (!item) return undefined;
    if (AGAIN.has(error.code)) {
      const pause = error.retry_after ? error.retry_after * 1000 : AGAIN_MS;
      this.#change(mid, { state: "queued", notBefore: now + pause });
      return undefined;
    }
    if (item.frame.type !== "send" || error.code === "secret_refused") this.remove(mid);
    else this.#change(mid, { state: "failed", code: error.code });
    return item;
  }

  /** The connection is gone: what was on its way may or may not have arrived. */
  requeue(): void {
    this.#items = this.#items.map((item) => (item.state === "sent" ? { ...item, state: "queued" } : item));
  }

  retry(mid: string): void {
    const item = this.#find(mid);
    if (item?.state !== "failed") return;
    this.remove(mid);
    this.#items = [...this.#items, { frame: item.frame, at: item.at, state: "queued", notBefore: 0 }];
  }

  remove(mid: string): void {
    this.#items = this.#items.filter((item) => item.frame.mid !== mid);
  }

  /** The log of `conv` is held up to `high`: lines that it now shows are dropped. */
  settle(conv: string, high: number, shown: ReadonlySet<string>): void {
    this.#items = this.#items.filter(
      ({ frame, seq }) => frame.conv !== conv || !(shown.has(frame.mid) || (seq !== undefined && seq <= high)),
    );
  }

  #waiting(): Outgoing[] {
    const seen = new Set<string>();
    return this.#items.filter((item) => {
      if (item.state === "failed" || item.state === "acked" || seen.has(item.frame.conv)) return false;
      seen.add(item.frame.conv);
      return item.state === "queued";
    });
  }

  #find(mid: string): Outgoing | undefined {
    return this.#items.find((item) => item.frame.mid === mid);
  }

  #change(mid: string, change: Partial<Outgoing>): void {
    this.#items = this.#items.map((item) => (item.frame.mid === mid ? { ...item, ...change } : item));
  }
}
