/** Where a customer stands with the people behind a public account. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useChat, useSession } from "../session/session";
import { servingAge } from "../thread/serving";
import type { ServiceState } from "./shapes";

const place = (conv: string) => `/v1/service/${encodeURIComponent(conv)}`;

/** Asked again when the log says that something changed; the place in between is pushed. */
export function useService(conv: string) {
  const { api, chat } = useSession();
  const { conversations, status } = useChat();
  const queries = useQueryClient();
  const age = servingAge(conversations.get(conv)?.log.events ?? []);
  const key = ["service", conv, age];
  useEffect(
    () =>
      chat.onDesk((signal) => {
        if (signal.type !== "waiting" || signal.conv !== conv) return;
        queries.setQueriesData<ServiceState>({ queryKey: ["service", conv] }, (held) =>
          held?.state === "waiting" && signal.position > 0
            ? { ...held, position: signal.position, estimate_s: signal.estimate_s }
            : held,
        );
      }),
    [chat, conv, queries],
  );
  return useQuery({
    queryKey: key,
    queryFn: () => api.get<ServiceState>(place(conv)),
    placeholderData: keepPreviousData,
    staleTime: 0,
    enabled: status.state === "online",
  });
}

export function useAskPerson(conv: string) {
  const { api } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<ServiceState>(`${place(conv)}/person`),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["service", conv] }),
  });
}
