/**
 * Who is there. Screens say whom they show; the server is told of all of them together, and
 * again on each new connection, for it forgets a watch with its socket.
 */

import type { AppearFrame, PresenceStateFrame, WatchFrame } from "@shared/wire/generated";
import type { Cancel, Surroundings } from "./surroundings";

const MOST = 200;
const SOON_MS = 150;

export interface Presence {
  readonly state: PresenceStateFrame["state"];
  /** Milliseconds, to the minute; 0 when nobody may know. */
  readonly lastSeen: number;
}

export class PresenceBook {
  readonly #shown = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  #known: ReadonlyMap<string, Presence> = new Map();
  #watched = "";
  #away = false;
  #soon: Cancel | null = null;

  constructor(
    private readonly world: Surroundings,
    private readonly send: (frame: WatchFrame | AppearFrame) => boolean,
  ) {}

  readonly snapshot = (): ReadonlyMap<string, Presence> => this.#known;

  readonly subscribe = (listener: () => void): Cancel => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Some screen shows these people, until it says otherwise. */
  show(users: readonly string[]): Cancel {
    for (const user of users) this.#shown.set(user, (this.#shown.get(user) ?? 0) + 1);
    this.#tellSoon();
    return () => {
      for (const user of users) {
        const left = (this.#shown.get(user) ?? 1) - 1;
        if (left) this.#shown.set(user, left);
        else this.#shown.delete(user);
      }
      this.#tellSoon();
    };
  }

  /** Nobody is at this device, or somebody is again. */
  appear(away: boolean): void {
    if (away === this.#away) return;
    this.#away = away;
    this.send({ type: "presence", state: away ? "away" : "online" });
  }

  /** A new connection: what was true on the former one. */
  begin(): void {
    this.#watched = "";
    this.#tell();
    if (this.#away) this.send({ type: "presence", state: "away" });
  }

  /** Nobody knows while there is no connection. */
  end(): void {
    this.#watched = "";
    if (this.#known.size) this.#set(new Map());
  }

  hear({ user, state, last_seen = 0 }: PresenceStateFrame): void {
    if (this.#shown.has(user)) this.#set(new Map(this.#known).set(user, { state, lastSeen: last_seen }));
  }

  /** Screens come and go together: one frame for all of them. */
  #tellSoon(): void {
    this.#soon ??= this.world.setTimer(() => {
      this.#soon = null;
      this.#tell();
    }, SOON_MS);
  }

  /** Those shown last are watched if there are too many. */
  #tell(): void {
    const users = [...this.#shown.keys()].slice(-MOST).sort();
    const watched = users.join(" ");
    if (watched === this.#watched) return;
    if (!this.send({ type: "watch", users })) return;
    this.#watched = watched;
    const kept = [...this.#known].filter(([user]) => this.#shown.has(user));
    if (kept.length < this.#known.size) this.#set(new Map(kept));
  }

  #set(known: ReadonlyMap<string, Presence>): void {
    this.#known = known;
    this.#listeners.forEach((listener) => listener());
  }
}
