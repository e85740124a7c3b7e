/** A world for tests of the socket: its own clock, and the server below at the other end. */

import type { Cancel, SocketLike, Surroundings } from "../surroundings";
import { FakeServer } from "./fake-server";

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export class World implements Surroundings {
  readonly device = "phone";
  readonly server = new FakeServer(() => this.#now);
  /** What the next requests for a token answer; a live one when empty. */
  readonly tokens: (string | null)[] = [];
  readonly asked: boolean[] = [];
  #now = 1_000_000;
  #ids = 0;
  #timers: Timer[] = [];

  openSocket(): SocketLike {
    return this.server.connect();
  }

  accessToken(fresh: boolean): Promise<string | null> {
    this.asked.push(fresh);
    const next = this.tokens.shift();
    return Promise.resolve(next === undefined ? "token" : next);
  }

  now(): number {
    return this.#now;
  }

  random(): number {
    return 0.5;
  }

  newId(): string {
    return `mid-${++this.#ids}`;
  }

  setTimer(run: () => void, ms: number): Cancel {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Lets time pass: timers in their order, promises in between. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settled();
    }
    this.#now = end;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}
