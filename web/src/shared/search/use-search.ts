/** Asks the server's search as somebody types, at each pause. */

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { FoundMessage, FoundPerson, SearchAnswer } from "@shared/wire/generated";
import { useSession } from "../session/session";

const PAUSE_MS = 250;
const AGAIN_MS = 2000;
export const MAX_QUESTION = 64;

export function useFoundMessages(text: string, conv: string) {
  const { api } = useSession();
  const asked = usePaused(text.trim());
  return useInfiniteQuery({
    queryKey: ["search", "messages", conv, asked],
    queryFn: ({ pageParam }) => api.get<SearchAnswer>(address({ q: asked, conv, before: pageParam })),
    initialPageParam: "",
    getNextPageParam: ({ more }) => (more ? String(more) : undefined),
    select: ({ pages }): readonly FoundMessage[] => pages.flatMap(({ messages }) => messages),
    placeholderData: keepPreviousData,
    enabled: asked !== "",
    staleTime: 0,
    // What was said just now is indexed a moment later.
    refetchInterval: ({ state }) => (state.data?.pages[0]?.messages.length ? false : AGAIN_MS),
  });
}

export function useFoundPeople(text: string) {
  const { api } = useSession();
  const asked = usePaused(text.trim());
  return useQuery({
    queryKey: ["search", "people", asked],
    queryFn: () => api.get<SearchAnswer>(address({ q: asked, kind: "people" })),
    select: ({ people }): readonly FoundPerson[] => people,
    placeholderData: keepPreviousData,
    enabled: asked !== "",
  });
}

function address(asked: Record<string, string>): string {
  const given = Object.entries(asked).filter(([, value]) => value);
  return `/v1/search?${new URLSearchParams(given).toString()}`;
}

function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}
