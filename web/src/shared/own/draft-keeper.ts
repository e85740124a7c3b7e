/**
 * What is being written in one conversation, kept with the server while it is: soon after the last
 * key, when the screen is left, and gone when it is sent. What another device wrote comes in here
 * unless something was typed since.
 */

import type { DraftText } from "@shared/wire/generated";
import type { Chat } from "../socket/chat";
import type { Cancel } from "../socket/surroundings";

const PAUSE_MS = 800;

type Timer = (run: () => void, ms: number) => Cancel;

interface World {
  readonly newId: () => string;
  readonly setTimer: Timer;
}

export class DraftKeeper {
  #mid = "";
  #own = false;
  #text = "";
  #saved = "";
  /** What the server told when something was kept or sent here: it is on its way out. */
  #past: { readonly draft: DraftText | undefined } | null = null;
  #cancel: Cancel = () => undefined;

  constructor(
    private readonly chat: Chat,
    private readonly conv: string,
    private readonly world: World,
  ) {
    this.#adopt();
  }

  get text(): string {
    return this.#text;
  }

  /** Until the returned function is called: `onText` hears what another device wrote. */
  start(onText: (text: string) => void): Cancel {
    const look = () => {
      if (this.#adopt()) onText(this.#text);
    };
    look();
    const unsubscribe = this.chat.subscribe(look);
    return () => {
      unsubscribe();
      this.#keep();
    };
  }

  typed(text: string): void {
    this.#text = text;
    this.#cancel();
    if (text !== this.#saved) this.#cancel = this.world.setTimer(() => this.#keep(), PAUSE_MS);
  }

  /** `text` is sent now, under this `mid`: that takes the draft away everywhere. */
  send(text: string): string {
    this.#cancel();
    this.#past = { draft: this.#told() };
    const adopted = this.#own ? "" : this.#mid;
    const mid = adopted && text === this.#saved ? adopted : this.#ownMid();
    if (adopted && mid !== adopted) this.chat.own.draft(this.conv, adopted, "");
    this.#hold("", "");
    return mid;
  }

  #keep(): void {
    this.#cancel();
    if (this.#text === this.#saved) return;
    this.#past = { draft: this.#told() };
    if (this.#text.trim()) {
      this.#saved = this.#text;
      this.chat.own.draft(this.conv, this.#ownMid(), this.#text);
    } else {
      this.chat.own.draft(this.conv, this.#mid || this.world.newId(), "");
      this.#hold("", this.#text);
    }
  }

  /** A draft that is changed here gets a name of its own: two devices may both send theirs. */
  #ownMid(): string {
    if (!this.#own) this.#mid = this.world.newId();
    this.#own = true;
    return this.#mid;
  }

  /** Takes over what the server tells, unless it is old, our own, or something was typed since. */
  #adopt(): boolean {
    const told = this.#told();
    if (this.#past && keyOf(told) === keyOf(this.#past.draft)) return false;
    this.#past = null;
    const { mid = "", text = "" } = told ?? {};
    const same = mid === this.#mid && (this.#own || text === this.#text);
    if (same || this.#text !== this.#saved) return false;
    this.#hold(mid, text);
    return true;
  }

  #hold(mid: string, text: string): void {
    this.#mid = mid;
    this.#own = false;
    this.#text = this.#saved = text;
  }

  #told(): DraftText | undefined {
    return this.chat.snapshot().conversations.get(this.conv)?.item.draft ?? undefined;
  }
}

function keyOf(draft: DraftText | undefined): string {
  return draft ? `${draft.mid} ${draft.text}` : "";
}
