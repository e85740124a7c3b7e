import { useQuery } from "@tanstack/react-query";
import type { AccountItem } from "@shared/wire/generated";
import { useSession } from "../session/session";

/** The directory of public accounts. */
export function useAccounts() {
  const { api } = useSession();
  return useQuery({ queryKey: ["accounts"], queryFn: () => api.get<AccountItem[]>("/v1/accounts") });
}

export function useAccount(account: string, enabled = true) {
  const { api } = useSession();
  return useQuery({
    queryKey: ["accounts", account],
    queryFn: () => api.get<AccountItem>(`/v1/accounts/${encodeURIComponent(account)}`),
    enabled,
  });
}
