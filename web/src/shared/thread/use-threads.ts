import { useMemo } from "react";
import { useChat } from "../session/session";
import { threadsOf, type Thread } from "./thread";

export function useThreads(): Thread[] {
  const { conversations } = useChat();
  return useMemo(() => threadsOf(conversations.values()), [conversations]);
}
