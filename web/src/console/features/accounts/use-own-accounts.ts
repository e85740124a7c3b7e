/** What an account's desk asks the server for, and how it changes it. */

import { App } from "antd";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { OwnAccount, TagItem } from "@shared/wire/generated";
import type { Api } from "../../../shared/http/api";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";

const PATH = "/v1/staff/accounts";

export const accountPath = (account: string, place = "") => `${PATH}/${encodeURIComponent(account)}${place}`;

export function useOwnAccounts() {
  const { api } = useSession();
  return useQuery({ queryKey: ["own-accounts"], queryFn: () => api.get<OwnAccount[]>(PATH) });
}

/** Something of one account; asked again every `againMs`, where others change it meanwhile. */
export function useOfAccount<T>(account: string, place: string, againMs: number | false = false) {
  const { api } = useSession();
  return useQuery({
    queryKey: ["own-accounts", account, place],
    queryFn: () => api.get<T>(accountPath(account, place)),
    refetchOnWindowFocus: false,
    refetchInterval: againMs,
  });
}

export const useTags = (account: string) => useOfAccount<TagItem[]>(account, "/tags");

/** A change: afterwards everything of the accounts is asked again, and a failure is said. */
export function useAccountAction<Given, Answer>(
  act: (api: Api, given: Given) => Promise<Answer>,
  onDone?: (answer: Answer) => void,
) {
  const { api } = useSession();
  const { errorText } = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (given: Given) => act(api, given),
    // Said here: what asked may be gone when its answer has changed what is shown.
    onSuccess: (answer: Answer) => {
      onDone?.(answer);
      return queries.invalidateQueries({ queryKey: ["own-accounts"] });
    },
    onError: (error) => void message.error(errorText(error)),
  });
}
