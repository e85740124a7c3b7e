/** What a logged-in page has: tokens, HTTP, the chat; one of each, given to every screen. */

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useEffectEvent, useState, useSyncExternalStore, type ReactNode } from "react";
import { Api, ApiError } from "../http/api";
import type { TokenBox } from "../http/token-box";
import { Chat, type Snapshot } from "../socket/chat";
import { socketWorld } from "./browser";

interface Session {
  readonly tokens: TokenBox;
  readonly api: Api;
  readonly chat: Chat;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("used outside SessionProvider");
  return session;
}

export function useChat(): Snapshot {
  const { chat } = useSession();
  return useSyncExternalStore(chat.subscribe, chat.snapshot);
}

/** True while this device holds a refresh token. */
export function useLoggedIn(tokens: TokenBox): boolean {
  return useSyncExternalStore(tokens.subscribe, tokens.loggedIn);
}

interface ProviderProps {
  readonly tokens: TokenBox;
  /** The session is over for good; the tokens are forgotten already. */
  readonly onEnded: (revoked: boolean) => void;
  readonly children: ReactNode;
}

export function SessionProvider({ tokens, onEnded, children }: ProviderProps) {
  const [session] = useState(() => ({ tokens, api: new Api(tokens), chat: new Chat(socketWorld(tokens)) }));
  const [queries] = useState(newQueryClient);
  const { chat } = session;
  const ended = useEffectEvent(() => {
    const { status } = chat.snapshot();
    if (status.state !== "ended" || status.why === "forbidden") return;
    onEnded(status.why === "revoked");
    tokens.forget();
  });
  useEffect(() => {
    const unsubscribe = chat.subscribe(() => ended());
    chat.start();
    const wake = () => {
      if (document.visibilityState === "visible") chat.wake();
    };
    addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      unsubscribe();
      chat.stop();
    };
  }, [chat]);
  return (
    <SessionContext value={session}>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </SessionContext>
  );
}

/** What the server refused stays refused; what did not arrive is asked again. */
function newQueryClient(): QueryClient {
  const retry = (count: number, error: Error) =>
    count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500);
  return new QueryClient({ defaultOptions: { queries: { retry, staleTime: 10_000 }, mutations: { retry: false } } });
}
