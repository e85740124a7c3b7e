/**
 * One socket at a time: opens it, says hello, listens for silence, opens it again.
 *
 * Knows frames only as far as `hello`, `welcome`, `ping`; what conversations mean is not known here.
 */

import { CLOSE_CODES, type ClientFrame, type ServerFrame, type WelcomeFrame } from "@shared/wire/generated";
import { retryDelayMs } from "./backoff";
import type { Cancel, SocketLike, Surroundings } from "./surroundings";

const ANSWER_MS = 10_000;

export type Status =
  | { readonly state: "idle" | "connecting" | "online" }
  | { readonly state: "waiting"; readonly retryAt: number }
  | { readonly state: "ended"; readonly why: "logged_out" | "revoked" | "forbidden" };

export interface Listener {
  onStatus(status: Status): void;
  onWelcome(welcome: WelcomeFrame): void;
  onFrame(frame: ServerFrame): void;
}

export class Connection {
  #socket: SocketLike | null = null;
  #status: Status = { state: "idle" };
  #attempt = 0;
  #freshToken = false;
  #silenceMs = 25_000;
  #cancel: Cancel = () => undefined;
  #epoch = 0;

  constructor(
    private readonly world: Surroundings,
    private readonly listener: Listener,
  ) {}

  get online(): boolean {
    return this.#status.state === "online";
  }

  start(): void {
    if (this.#status.state === "idle") void this.#open();
  }

  stop(): void {
    this.#abandon();
    this.#setStatus({ state: "idle" });
  }

  /** The network or the person is back: do not sit out the wait. */
  wake(): void {
    if (this.#status.state === "waiting") void this.#open();
    else if (this.online) this.#probe();
  }

  /** The socket is open but useless (an answer never came): start over. */
  restart(): void {
    if (!this.#socket) return;
    this.#abandon();
    this.#wait("");
  }

  send(frame: ClientFrame): boolean {
    if (!this.online || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  async #open(): Promise<void> {
    this.#abandon();
    const epoch = this.#epoch;
    this.#setStatus({ state: "connecting" });
    const token = await this.world.accessToken(this.#freshToken).catch(() => undefined);
    if (epoch !== this.#epoch) return;
    if (token === undefined) {
      this.#wait("");
      return;
    }
    if (token === null) {
      this.#setStatus({ state: "ended", why: "logged_out" });
      return;
    }
    const socket = this.world.openSocket();
    this.#socket = socket;
    this.#expect(ANSWER_MS, () => this.restart());
    socket.onopen = () =>
      socket.send(JSON.stringify({ type: "hello", device: this.world.device, token } satisfies ClientFrame));
    socket.onmessage = ({ data }) => {
      if (epoch === this.#epoch && typeof data === "string") this.#receive(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (epoch === this.#epoch) this.#closed(code, reason);
    };
  }

  #receive(data: string): void {
    const frame = JSON.parse(data) as ServerFrame;
    if (frame.type === "welcome") {
      this.#attempt = 0;
      this.#freshToken = false;
      this.#silenceMs = frame.heartbeat_s * 1000;
      this.#setStatus({ state: "online" });
      this.listener.onWelcome(frame);
    } else if (frame.type !== "pong") {
      this.listener.onFrame(frame);
    }
    if (this.online) this.#expect(this.#silenceMs, () => this.#probe());
  }

  #probe(): void {
    this.send({ type: "ping" });
    this.#expect(ANSWER_MS, () => this.restart());
  }

  #closed(code: number, reason: string): void {
    this.#abandon();
    if (code === CLOSE_CODES.SESSION_REVOKED) this.#setStatus({ state: "ended", why: "revoked" });
    else if (code === CLOSE_CODES.FORBIDDEN) this.#setStatus({ state: "ended", why: "forbidden" });
    else {
      if (code === CLOSE_CODES.NOT_AUTHENTICATED) this.#freshToken = true;
      this.#wait(reason);
    }
  }

  #wait(reason: string): void {
    const delay = retryDelayMs(this.#attempt++, reason, () => this.world.random());
    this.#setStatus({ state: "waiting", retryAt: this.world.now() + delay });
    this.#expect(delay, () => void this.#open());
  }

  /** There is one timer: for the answer, the silence or the next try. */
  #expect(ms: number, otherwise: () => void): void {
    this.#cancel();
    this.#cancel = this.world.setTimer(otherwise, ms);
  }

  /** From here nothing that the old socket says is heard. */
  #abandon(): void {
    this.#epoch++;
    this.#cancel();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  #setStatus(status: Status): void {
    this.#status = status;
    this.listener.onStatus(status);
  }
}
