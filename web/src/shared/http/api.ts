/** JSON over HTTP with the access token of one device; errors are the server's words. */

import type { DeviceItem, ErrorAnswer } from "@shared/wire/generated";
import type { TokenBox } from "./token-box";

export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly retryAfter: number | null,
    /** With `too_many_devices`: those that one is logged in on. */
    readonly devices: readonly DeviceItem[] = [],
  ) {
    super(code);
  }
}

/** The answer of a failed request as an error; a proxy's page counts as `internal`. */
export async function errorOf(response: Response): Promise<ApiError> {
  const answer = (await response.json().catch(() => ({}))) as Partial<ErrorAnswer>;
  return new ApiError(answer.code ?? "internal", response.status, answer.retry_after ?? null, answer.devices);
}

export class Api {
  constructor(private readonly tokens: TokenBox) {}

  get = <T>(path: string): Promise<T> => this.#json<T>("GET", path);
  post = <T>(path: string, body?: unknown): Promise<T> => this.#json<T>("POST", path, body);
  put = <T>(path: string, body: unknown): Promise<T> => this.#json<T>("PUT", path, body);
  patch = <T = void>(path: string, body: unknown): Promise<T> => this.#json<T>("PATCH", path, body);
  delete = <T = void>(path: string): Promise<T> => this.#json<T>("DELETE", path);

  /** An image by its digest: media need the token, which an `<img src>` cannot send. */
  async media(digest: string): Promise<Blob> {
    return (await this.#fetch("GET", `/v1/media/${digest}`)).blob();
  }

  /** What the server made to be kept. */
  async file(path: string): Promise<Blob> {
    return (await this.#fetch("GET", path)).blob();
  }

  async putPiece<T>(path: string, piece: Blob): Promise<T> {
    return (await this.#fetch("PUT", path, piece, "application/octet-stream")).json() as Promise<T>;
  }

  async upload<T>(path: string, file: Blob): Promise<T> {
    return (await this.#fetch("POST", path, file, file.type)).json() as Promise<T>;
  }

  async #json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const response = await this.#fetch(method, path, text, text && "application/json");
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  async #fetch(method: string, path: string, body?: BodyInit, type?: string): Promise<Response> {
    let response = await this.#try(false, method, path, body, type);
    if (response.status === 401) response = await this.#try(true, method, path, body, type);
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  async #try(fresh: boolean, method: string, path: string, body?: BodyInit, type?: string): Promise<Response> {
    const token = await this.tokens.access(fresh);
    if (token === null) throw new ApiError("not_authenticated", 401, null);
    const headers: Record<string, string> = { Authorization: `Bearer ${token}` };
    if (type) headers["Content-Type"] = type;
    return fetch(path, { method, headers, body: body ?? null }).catch(() => {
      throw new ApiError("offline", 0, null);
    });
  }
}
