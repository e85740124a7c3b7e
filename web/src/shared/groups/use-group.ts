/** Groups over HTTP: what they are, who is in them, and doing something to them. */

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { EventFrame, GroupItem, GroupMember, GroupMembers, JoinRequestItem } from "@shared/wire/generated";
import type { Api } from "../http/api";
import { useChat, useSession } from "../session/session";
import { useText } from "../text/language";

export function groupPath(conv: string, rest = ""): string {
  return `/v1/groups/${encodeURIComponent(conv)}${rest}`;
}

export function memberPath(conv: string, user: string): string {
  return groupPath(conv, `/members/${encodeURIComponent(user)}`);
}

/** Grows with each event that changed the group, so that what is shown is asked again. */
export function useGroupAge(conv: string): number {
  const { conversations } = useChat();
  return conversations.get(conv)?.log.events.findLast((event) => event.kind === "member")?.seq ?? 0;
}

export function useGroup(conv: string, enabled = true) {
  const { api } = useSession();
  const age = useGroupAge(conv);
  return useQuery({
    queryKey: ["group", conv, "item", age],
    queryFn: () => api.get<GroupItem>(groupPath(conv)),
    placeholderData: keepPreviousData,
    enabled,
  });
}

export function useGroupMembers(conv: string) {
  const { api } = useSession();
  const age = useGroupAge(conv);
  return useInfiniteQuery({
    queryKey: ["group", conv, "members", age],
    queryFn: ({ pageParam }) => api.get<GroupMembers>(groupPath(conv, `/members?after=${encodeURIComponent(pageParam)}`)),
    initialPageParam: "",
    getNextPageParam: (page) => (page.more ? page.members.at(-1)?.user : undefined),
    placeholderData: keepPreviousData,
  });
}

export function useJoinRequests(conv: string, enabled: boolean) {
  const { api } = useSession();
  const age = useGroupAge(conv);
  return useQuery({
    queryKey: ["group", conv, "requests", age],
    queryFn: () => api.get<JoinRequestItem[]>(groupPath(conv, "/requests")),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
    enabled,
  });
}

export type NameOf = (user: string) => string;

const MOST_NAMES = 200;

/** The names of whoever wrote or is named in these events; the newest first, up to a limit. */
export function useNames(conv: string, events: readonly EventFrame[], enabled: boolean): NameOf {
  const { api } = useSession();
  const { user } = useChat();
  const { t } = useText();
  const users = useMemo(() => namedIn(events, user), [events, user]);
  const { data } = useQuery({
    queryKey: ["group", conv, "names", users.join(",")],
    queryFn: () => api.get<GroupMember[]>(groupPath(conv, `/people?users=${encodeURIComponent(users.join(","))}`)),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    enabled: enabled && users.length > 0,
  });
  return useMemo(() => {
    const names = new Map(data?.map((member) => [member.user, member.name]));
    return (each) => (each === user ? t("member.you") : (names.get(each) ?? t("group.someone")));
  }, [data, user, t]);
}

function namedIn(events: readonly EventFrame[], me: string): string[] {
  const users = new Set<string>();
  for (const { from, body } of events.toReversed()) {
    const named = body.type === "member" ? [body.who, body.by ?? "", ...(body.whom ?? []).slice(0, 20)] : [];
    for (const each of [from, ...named]) if (each && each !== me && users.size < MOST_NAMES) users.add(each);
  }
  return [...users].sort();
}

/** Does something to groups, then asks again for what is shown of them. */
export function useGroupAction<T, R = unknown>(run: (api: Api, input: T) => Promise<R>, onDone?: (result: R) => void) {
  const { api, chat } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: T) => run(api, input),
    onSuccess: (result) => {
      chat.relist();
      onDone?.(result);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ["group"] }),
  });
}
