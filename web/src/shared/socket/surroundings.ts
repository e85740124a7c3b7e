/** What the socket needs from the outside: handed in, so that a test owns time and network. */

export type Cancel = () => void;

/** The part of a browser's WebSocket that is used here. */
export interface SocketLike {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export interface Surroundings {
  readonly device: string;
  openSocket(): SocketLike;
  /** An access token, made anew when `fresh`; null when this device is logged out. */
  accessToken(fresh: boolean): Promise<string | null>;
  now(): number;
  random(): number;
  newId(): string;
  setTimer(run: () => void, ms: number): Cancel;
}
