/** Contacts over HTTP, asked again when the server says that they changed. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import type { ContactItem, ContactPage, ContactRequests } from "@shared/wire/generated";
import type { Api } from "../http/api";
import { useSession } from "../session/session";

const KEY = "contacts";

export function contactPath(user: string, rest = ""): string {
  return `/v1/contacts/${encodeURIComponent(user)}${rest}`;
}

/** Contacts and whom one has blocked. */
export function useContacts() {
  const { api } = useSession();
  return useQuery(contactsOf(api));
}

export function contactsOf(api: Api) {
  return { queryKey: [KEY, "list"], queryFn: () => allOf(api), staleTime: 60_000 };
}

async function allOf(api: Api): Promise<ContactItem[]> {
  const found: ContactItem[] = [];
  let after = "";
  do {
    const page = await api.get<ContactPage>(`/v1/contacts?after=${encodeURIComponent(after)}`);
    found.push(...page.contacts);
    after = page.next;
  } while (after);
  return found;
}

export function useContactRequests() {
  const { api } = useSession();
  return useQuery({
    queryKey: [KEY, "requests"],
    queryFn: () => api.get<ContactRequests>("/v1/contact-requests"),
    staleTime: 60_000,
  });
}

export function useContact(user: string): ContactItem | undefined {
  return useContacts().data?.find((each) => each.user === user);
}

/** What I call somebody: my remark, or else the name given. */
export function useCalled(): (user: string, name: string) => string {
  const { data } = useContacts();
  return useMemo(() => {
    const remarks = new Map(data?.map((each) => [each.user, each.remark]));
    return (user, name) => remarks.get(user) || name;
  }, [data]);
}

export function calledOf(contact: ContactItem): string {
  return contact.remark || contact.name;
}

/** The fixed one first, then by what I call them. */
export function byCall(a: ContactItem, b: ContactItem): number {
  return Number(b.fixed) - Number(a.fixed) || calledOf(a).localeCompare(calledOf(b), "zh-CN");
}

/** Once for each app: what changed elsewhere is asked for again. */
export function useContactNews(): void {
  const { chat } = useSession();
  const queries = useQueryClient();
  useEffect(
    () =>
      chat.onContacts(() => {
        chat.relist();
        void queries.invalidateQueries({ queryKey: [KEY] });
      }),
    [chat, queries],
  );
}

/** Does something to contacts, then asks again for what is shown of them. */
export function useContactAction<T, R = unknown>(run: (api: Api, input: T) => Promise<R>, onDone?: (result: R) => void) {
  const { api, chat } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: T) => run(api, input),
    onSuccess: (result) => {
      chat.relist();
      onDone?.(result);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [KEY] }),
  });
}
