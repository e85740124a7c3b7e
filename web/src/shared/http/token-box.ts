/**
 * Who is logged in on this device: the access token in memory, the refresh token in storage.
 *
 * A refresh token works once, and a second use revokes the session. So tabs of one browser
 * take turns, and each reads the stored token only when its turn has come.
 */

import type { LoginRequest, RefreshRequest, Tokens } from "@shared/wire/generated";
import { ApiError, errorOf } from "./api";

/** Renew this long before the end, so that a token does not die on its way. */
const MARGIN_MS = 20_000;
const ANSWER_MS = 15_000;

export interface TokenBoxWorld {
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly fetch: typeof fetch;
  now(): number;
  newId(): string;
  /** Another tab logged in as somebody else: this page's screens are no longer theirs. */
  readonly startOver: () => void;
  /** Runs one at a time among all tabs of this browser. */
  exclusively<T>(name: string, run: () => Promise<T>): Promise<T>;
}

export class TokenBox {
  #user: string | null = null;
  #access: { token: string; until: number } | null = null;
  #refreshing: Promise<string | null> | null = null;
  readonly #listeners = new Set<() => void>();

  /** `app` keeps the customer's and the staff's page of one browser apart. */
  constructor(
    private readonly app: string,
    private readonly world: TokenBoxWorld,
  ) {}

  get device(): string {
    const known = this.world.storage.getItem(this.#key("device"));
    if (known) return known;
    const device = `web-${this.world.newId()}`;
    this.world.storage.setItem(this.#key("device"), device);
    return device;
  }

  readonly loggedIn = (): boolean => this.world.storage.getItem(this.#key("refresh")) !== null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** `insteadOf`: the session of the device that goes when this one would be one too many. */
  async logIn(user: string, password: string, insteadOf?: string): Promise<void> {
    const login: LoginRequest = { user, password, device: this.device };
    const request = insteadOf ? { ...login, instead_of: insteadOf } : login;
    this.#keep(await this.#post("/v1/login", request));
  }

  /** A token that still lives; null when this device is not logged in. */
  access(fresh = false): Promise<string | null> {
    const held = this.#access;
    if (held && !fresh && held.until > this.world.now()) return Promise.resolve(held.token);
    this.#refreshing ??= this.world
      .exclusively(this.#key("refresh"), () => this.#refresh())
      .finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  forget = (): void => {
    this.#access = null;
    this.#user = null;
    this.world.storage.removeItem(this.#key("refresh"));
    this.#listeners.forEach((listener) => listener());
  };

  async #refresh(): Promise<string | null> {
    const refresh_token = this.world.storage.getItem(this.#key("refresh"));
    if (refresh_token === null) return null;
    const request: RefreshRequest = { refresh_token, device: this.device };
    try {
      return this.#keep(await this.#post("/v1/refresh", request));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      this.forget();
      return null;
    }
  }

  #keep(tokens: Tokens): string {
    if (this.#user !== null && this.#user !== tokens.user) this.world.startOver();
    this.#user = tokens.user;
    this.#access = {
      token: tokens.access_token,
      until: this.world.now() + tokens.expires_in * 1000 - MARGIN_MS,
    };
    this.world.storage.setItem(this.#key("refresh"), tokens.refresh_token);
    this.#listeners.forEach((listener) => listener());
    return tokens.access_token;
  }

  async #post(path: string, body: unknown): Promise<Tokens> {
    const response = await this.world
      .fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      .catch(() => {
        throw new ApiError("offline", 0, null);
      });
    if (!response.ok) throw await errorOf(response);
    return (await response.json()) as Tokens;
  }

  #key(name: string): string {
    return `elian.${this.app}.${name}`;
  }
}
