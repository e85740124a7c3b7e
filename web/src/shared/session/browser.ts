/** The browser's own clock, network, storage and randomness, handed to the rooms that need them. */

import type { TokenBox, TokenBoxWorld } from "../http/token-box";
import type { Surroundings } from "../socket/surroundings";

/** `crypto.randomUUID` is missing on plain http outside localhost; random bytes are not. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const tokenWorld: TokenBoxWorld = {
  storage: localStorage,
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  newId,
  startOver: () => location.reload(),
  // The lock needs https or localhost; without it, one tab is still kept in turn by its own promise.
  exclusively: <T>(name: string, run: () => Promise<T>) =>
    "locks" in navigator ? (navigator.locks.request(name, run) as Promise<T>) : run(),
};

export const draftWorld = { newId, setTimer };

function setTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

export function socketWorld(tokens: TokenBox): Surroundings {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return {
    device: tokens.device,
    openSocket: () => new WebSocket(`${scheme}://${location.host}/v1/ws`, ["elian.v1"]),
    accessToken: (fresh) => tokens.access(fresh),
    now: () => Date.now(),
    random: () => Math.random(),
    newId,
    setTimer,
  };
}
