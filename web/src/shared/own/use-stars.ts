/** This person's stars, kept fresh by what their devices star. */

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useChat, useSession } from "../session/session";
import type { StarPage } from "../socket/own";

const STARS = "stars";

/** Newest first, page after page. */
export function useStars() {
  const { chat } = useSession();
  const { listed } = useChat();
  useFreshStars();
  return useInfiniteQuery({
    enabled: listed,
    queryKey: [STARS, "all"],
    queryFn: ({ pageParam }) => chat.own.stars(pageParam === null ? {} : { before: pageParam }),
    initialPageParam: null as number | null,
    getNextPageParam: ({ items, more }: StarPage) => (more ? (items.at(-1)?.number ?? null) : null),
  });
}

/** Whether a message is starred; undefined until it is known. Its thread keeps the stars fresh. */
export function useStarred(conv: string, seq: number): boolean | undefined {
  const { chat } = useSession();
  const { data } = useQuery({
    queryKey: [STARS, conv],
    queryFn: () => chat.own.stars({ conv, limit: 200 }),
  });
  return data?.items.some((item) => item.seq === seq);
}

/** What any device stars is asked for again. */
export function useFreshStars(): void {
  const { chat } = useSession();
  const queries = useQueryClient();
  useEffect(() => chat.own.onStar(() => void queries.invalidateQueries({ queryKey: [STARS] })), [chat, queries]);
}
