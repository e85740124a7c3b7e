/** Requests on their way, by their `id`; and which conversations must still be read on. */

import type {
  ChangeSettingsFrame,
  ClearHistoryFrame,
  ClientFrame,
  ConversationsFrame,
  ErrorFrame,
  HistoryFrame,
  ListStarsFrame,
  ServerFrame,
  StarMessageFrame,
  SyncFrame,
  WriteDraftFrame,
} from "@shared/wire/generated";

export type Asking =
  | SyncFrame
  | HistoryFrame
  | ConversationsFrame
  | ChangeSettingsFrame
  | ClearHistoryFrame
  | WriteDraftFrame
  | StarMessageFrame
  | ListStarsFrame;

export interface Waiting {
  onAnswer(frame: ServerFrame): void;
  onError(error: ErrorFrame): void;
}

export class Requests {
  readonly #waiting = new Map<string, Waiting>();
  #next = 0;

  constructor(private readonly send: (frame: ClientFrame) => boolean) {}

  /** False, and nothing is waited for, when there is no connection. */
  ask(frame: Asking, waiting: Waiting): boolean {
    const id = `q${this.#next++}`;
    this.#waiting.set(id, waiting);
    const sent = this.send({ ...frame, id });
    if (!sent) this.#waiting.delete(id);
    return sent;
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
