import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { AccountItem, BroadcastDraft, BroadcastItem } from "@shared/wire/generated";
import { useSession } from "../../shared/session/session";

const KEY = ["staff", "broadcasts"];
const PATH = "/v1/staff/broadcasts";

/** The broadcasts of every public account, newest first; asked again while the page is open. */
export function useBroadcasts() {
  const { api } = useSession();
  return useQuery({
    queryKey: KEY,
    queryFn: async () => {
      const accounts = await api.get<AccountItem[]>("/v1/accounts");
      const each = accounts.map(({ account }) =>
        api.get<BroadcastItem[]>(`${PATH}?account=${encodeURIComponent(account)}`),
      );
      return (await Promise.all(each)).flat().sort((a, b) => b.submitted - a.submitted);
    },
    refetchInterval: 5000,
  });
}

export function useSubmitBroadcast() {
  const { api } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (draft: BroadcastDraft) => api.post<BroadcastItem>(PATH, draft),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

/** Take one back from every follower's feed. */
export function useRecallBroadcast() {
  const { api } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (broadcast: string) => api.post<BroadcastItem>(`${PATH}/${encodeURIComponent(broadcast)}/recall`),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}

export type Decision =
  | { readonly verdict: "approve"; readonly content_hash: string }
  | { readonly verdict: "reject"; readonly reason: string };

export function useDecideBroadcast(broadcast: string) {
  const { api } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ verdict, ...body }: Decision) =>
      api.post<BroadcastItem>(`${PATH}/${encodeURIComponent(broadcast)}/${verdict}`, body),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
}
