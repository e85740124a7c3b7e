/** What the server knows of the bots' learning, and what may be done about it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import type { BotFunnel, BotModelList, IntentItem, LabelItem, MissedPage } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import type { TextKey } from "../../../shared/text/zh-CN";

const BOTS = "/v1/staff/bots";
const KEY = ["staff", "bots"];
export const OUTSIDE = "unknown";

function useTold<T>(path: string, staleTime = 0) {
  const { api } = useSession();
  return useQuery({ queryKey: [...KEY, path], queryFn: () => api.get<T>(`${BOTS}/${path}`), staleTime });
}

export const useMissed = () => useTold<MissedPage>("missed?limit=50");
export const useLabels = () => useTold<LabelItem[]>("labels?limit=100");
export const useModels = () => useTold<BotModelList>("models");
export const useFunnel = (days: number) => useTold<BotFunnel>(`funnel?days=${days}`);

/** The name of every intent, in the language of the screen. */
export function useIntents(): (intent: string) => string {
  const { named } = useIntentList();
  return (intent) => named.get(intent) ?? intent;
}

export function useIntentList() {
  const { language } = useText();
  const query = useTold<IntentItem[]>(`intents?language=${language}`, 600_000);
  return { named: new Map((query.data ?? []).map(({ intent, name }) => [intent, name])) };
}

/** One deed at a time; what it changed is read again, and what went wrong is said. */
export function useDeed() {
  const { api } = useSession();
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ deed }: Deed) => deed(api),
    onSuccess: (_, { said, figures }) => void message.success(t(said, figures)),
    onError: (error) => void message.error(errorText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: KEY }),
  });
}

interface Deed {
  readonly deed: (api: ReturnType<typeof useSession>["api"]) => Promise<unknown>;
  readonly said: TextKey;
  readonly figures?: Readonly<Record<string, string | number>>;
}

export const labelling = (sentence: string, intent: string): Deed => ({
  deed: (api) => api.put(`${BOTS}/missed/${sentence}`, { intent }),
  said: "bots.labelled",
});

export const discarding = (sentence: string): Deed => ({
  deed: (api) => api.delete(`${BOTS}/missed/${sentence}`),
  said: "bots.discarded",
});

export const takingBack = (sentence: string): Deed => ({
  deed: (api) => api.delete(`${BOTS}/labels/${sentence}`),
  said: "bots.takenBack",
});

export const promoting = (version: number): Deed => ({
  deed: (api) => api.post(`${BOTS}/models/${version}/promote`),
  said: "bots.promoted",
  figures: { version },
});

export const rollingBack: Deed = { deed: (api) => api.post(`${BOTS}/models/roll-back`), said: "bots.rolledBack" };
