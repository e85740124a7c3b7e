import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { BroadcastDraft, BroadcastItem } from "@shared/wire/generated";
import { useSession } from "../../shared/session/session";

const KEY = ["staff", "broadcasts"];
const PATH = "/v1/staff/broadcasts";

/** All broadcasts that staff may see, newest first; asked again while the page is open. */
export function useBroadcasts() {
  const { api } = useSession();
  return useQuery({
    queryKey: KEY,
    queryFn: async () => (await api.get<BroadcastItem[]>(PATH)).toSorted((a, b) => b.submitted - a.submitted),
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
