/** Requests on their way, by their `id`; and which conversations must still be read on. */

import type {
  ClientFrame,
  ConversationsFrame,
  ErrorFrame,
  HistoryFrame,
  ServerFrame,
  SyncFrame,
} from "@shared/wire/generated";

type Asking = SyncFrame | HistoryFrame | ConversationsFrame;

export interface Waiting {
  onAnswer(frame: ServerFrame): void;
  onError(error: ErrorFrame): void;
}

export class Requests {
  readonly #waiting = new Map<string, Waiting>();
  #next = 0;

  constructor(private readonly send: (frame: ClientFrame) => boolean) {}

  ask(frame: Asking, waiting: Waiting): void {
    const id = `q${this.#next++}`;
    this.#waiting.set(id, waiting);
    if (!this.send({ ...frame, id })) this.#waiting.delete(id);
  }

  /** True if the frame answered one of these requests. */
  answer(frame: ServerFrame): boolean {
    const id = "id" in frame ? frame.id : undefined;
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || !waiting) return false;
    this.#waiting.delete(id);
    if (frame.type === "error") waiting.onError(frame);
    else waiting.onAnswer(frame);
    return true;
  }

  /** The connection is gone, and every answer with it. */
  clear(): void {
    this.#waiting.clear();
  }
}
