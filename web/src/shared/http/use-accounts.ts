import { useQuery } from "@tanstack/react-query";
import type { AccountItem } from "@shared/wire/generated";
import { useSession } from "../session/session";

/** The directory of public accounts. */
export function useAccounts() {
  const { api } = useSession();
  return useQuery({ queryKey: ["accounts"], queryFn: () => api.get<AccountItem[]>("/v1/accounts") });
}

/** Those in which the words are found, verified ones first; asks nothing without words. */
export function useFoundAccounts(search: string) {
  const { api } = useSession();
  return useQuery({
    queryKey: ["accounts", "found", search],
    queryFn: () => api.get<AccountItem[]>(`/v1/accounts?search=${encodeURIComponent(search)}`),
    enabled: search !== "",
  });
}

export function useAccount(account: string, enabled = true) {
  const { api } = useSession();
  return useQuery({
    queryKey: ["accounts", account],
    queryFn: () => api.get<AccountItem>(`/v1/accounts/${encodeURIComponent(account)}`),
    enabled,
  });
}
