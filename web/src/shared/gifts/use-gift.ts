/** A gift over HTTP: who took what, and taking one's own share. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { GiftItem } from "@shared/wire/generated";
import { useSession } from "../session/session";

function path(gift: string, rest = ""): string {
  return `/v1/gifts/${encodeURIComponent(gift)}${rest}`;
}

export function useGift(gift: string) {
  const { api } = useSession();
  return useQuery({ queryKey: ["gift", gift], queryFn: () => api.get<GiftItem>(path(gift)) });
}

/** Somebody took a share: whoever shows the gift asks again. */
export function useAskAgain() {
  const queries = useQueryClient();
  return (gift: string) => void queries.invalidateQueries({ queryKey: ["gift", gift] });
}

export function useTakeGift(gift: string) {
  const { api } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<GiftItem>(path(gift, "/take"), {}),
    onSuccess: (taken) => queries.setQueryData(["gift", gift], taken),
  });
}
