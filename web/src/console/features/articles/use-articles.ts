/** What the room of articles asks the server for, and how it changes it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import type { OwnAccount } from "@shared/wire/generated";
import type { Api } from "../../../shared/http/api";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";

const PATH = "/v1/staff/accounts";
const KEY = "articles";

export const placeOf = (account: string, place: string) => `${PATH}/${encodeURIComponent(account)}${place}`;

/** Active accounts that this person works on. */
export function useActiveAccounts() {
  const { api } = useSession();
  return useQuery({
    queryKey: ["own-accounts"],
    queryFn: () => api.get<OwnAccount[]>(PATH),
    select: (accounts) => accounts.filter((each) => each.state === "active"),
  });
}

export function useAsked<T>(path: string, options: { enabled?: boolean; againMs?: number } = {}) {
  const { api } = useSession();
  return useQuery({
    queryKey: [KEY, path],
    queryFn: () => api.get<T>(path),
    enabled: options.enabled ?? true,
    refetchInterval: options.againMs ?? false,
  });
}

/** A change: afterwards everything here is asked again, and a failure is said. */
export function useAct<Given, Answer>(act: (api: Api, given: Given) => Promise<Answer>) {
  const { api } = useSession();
  const { errorText } = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: Given) => act(api, given),
    onSuccess: () => queries.invalidateQueries({ queryKey: [KEY] }),
    onError: (error) => void message.error(errorText(error)),
  });
}
