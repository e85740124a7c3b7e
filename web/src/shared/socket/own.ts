/**
 * What this person changes for themselves: settings of a conversation, what they cleared, drafts
 * and stars. Asked of the server and shown when it answers; every other device hears of it too.
 */

import type { ErrorFrame, ServerFrame, StarItem, StarMarkFrame } from "@shared/wire/generated";
import type { Asking, Requests } from "./requests";
import type { Cancel, Surroundings } from "./surroundings";

const PATIENCE_MS = 15_000;

/** What may be changed of a conversation's place in the list; what is left out stays. */
export interface Wish {
  readonly pinned?: boolean;
  readonly muted?: boolean;
  readonly marked?: boolean;
  readonly hidden?: boolean;
}

export interface StarPage {
  readonly items: readonly StarItem[];
  readonly more: boolean;
}

export class OwnState {
  readonly #starListeners = new Set<(mark: StarMarkFrame) => void>();

  constructor(
    private readonly requests: Requests,
    private readonly world: Surroundings,
    private readonly onProblem: (code: string) => void,
  ) {}

  settle(conv: string, wish: Wish): void {
    this.#tell({ type: "settings", conv, ...wish });
  }

  /** Nothing up to `seq` is read any more, on any of this person's devices. */
  clear(conv: string, seq: number): void {
    this.#tell({ type: "clear", conv, seq });
  }

  /** Without a text there is none. A draft that could not be kept is kept with the next word. */
  draft(conv: string, mid: string, text: string): void {
    this.requests.ask({ type: "draft", conv, mid, text }, { onAnswer: () => undefined, onError: () => undefined });
  }

  star(conv: string, seq: number, on: boolean): void {
    this.#tell({ type: "star", conv, seq, on });
  }

  stars(of: { readonly conv?: string; readonly before?: number; readonly limit?: number }): Promise<StarPage> {
    return new Promise((resolve, reject) => {
      const cancel = this.world.setTimer(() => reject(new Error("offline")), PATIENCE_MS);
      const onAnswer = (frame: ServerFrame) => {
        cancel();
        if (frame.type === "stars") resolve(frame);
      };
      const onError = (error: ErrorFrame) => {
        cancel();
        reject(new Error(error.code));
      };
      if (this.requests.ask({ type: "stars", ...of }, { onAnswer, onError })) return;
      cancel();
      reject(new Error("offline"));
    });
  }

  /** Hears of every star that came or went on any device. */
  readonly onStar = (listener: (mark: StarMarkFrame) => void): Cancel => {
    this.#starListeners.add(listener);
    return () => this.#starListeners.delete(listener);
  };

  starred(mark: StarMarkFrame): void {
    this.#starListeners.forEach((listener) => listener(mark));
  }

  #tell(frame: Asking): void {
    const sent = this.requests.ask(frame, {
      onAnswer: () => undefined,
      onError: ({ code }) => this.onProblem(code),
    });
    if (!sent) this.onProblem("offline");
  }
}
