/** The assist desk over HTTP: what is shown is asked again when the server says that it moved. */

import { useMutation, useQuery, useQueryClient, keepPreviousData } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Api } from "../../../shared/http/api";
import type {
  AgentItem,
  CaseDetail,
  CaseItem,
  DeskItem,
  Figures,
  OwnStatus,
  ReplyItem,
  StaffStatus,
} from "../../../shared/assist/shapes";
import { useSession } from "../../../shared/session/session";

const SETTLE_MS = 300;
/** Clocks move by themselves, and a word of the server may have been lost. */
const POLL_MS = 15_000;
const LIVE = { refetchInterval: POLL_MS, placeholderData: keepPreviousData };

export const deskPath = (desk: string, rest: string) => `/v1/desks/${encodeURIComponent(desk)}/${rest}`;
export const casePath = (id: string, rest = "") => `/v1/desk/cases/${encodeURIComponent(id)}${rest}`;

/** Many words of the server in a moment are one question. */
export function useDeskSignals(): void {
  const { chat } = useSession();
  const queries = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = chat.onDesk((signal) => {
      if (signal.type !== "desk") return;
      timer ??= setTimeout(() => {
        timer = undefined;
        void queries.invalidateQueries({ queryKey: ["desk"] });
      }, SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [chat, queries]);
}

export function useDesks() {
  const { api } = useSession();
  return useQuery({ queryKey: ["desk", "all"], queryFn: () => api.get<DeskItem[]>("/v1/desks"), ...LIVE });
}

export type CaseState = "waiting" | "serving" | "closed";

export function useCases(desk: string, state: CaseState) {
  const { api } = useSession();
  return useQuery({
    queryKey: ["desk", desk, "cases", state],
    queryFn: () => api.get<CaseItem[]>(deskPath(desk, `cases?state=${state}&limit=50`)),
    ...LIVE,
  });
}

export function useCase(id: string) {
  const { api } = useSession();
  return useQuery({
    queryKey: ["desk", "case", id],
    queryFn: () => api.get<CaseDetail>(casePath(id)),
    enabled: id !== "",
    ...LIVE,
  });
}

export function useAgents(desk: string, enabled = true) {
  const { api } = useSession();
  return useQuery({
    queryKey: ["desk", desk, "agents"],
    queryFn: () => api.get<AgentItem[]>(deskPath(desk, "agents")),
    enabled,
    ...LIVE,
  });
}

export function useFigures(desk: string) {
  const { api } = useSession();
  return useQuery({
    queryKey: ["desk", desk, "figures"],
    queryFn: () => api.get<Figures>(deskPath(desk, "figures")),
    ...LIVE,
  });
}

export function useReplies(desk: string) {
  const { api } = useSession();
  return useQuery({
    queryKey: ["desk", desk, "replies"],
    queryFn: () => api.get<ReplyItem[]>(deskPath(desk, "replies")),
    staleTime: 60_000,
  });
}

export function useOwnStatus() {
  const { api } = useSession();
  return useQuery({ queryKey: ["desk", "status"], queryFn: () => api.get<OwnStatus>("/v1/desk/status"), ...LIVE });
}

export function useSetStatus() {
  const { api } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (status: StaffStatus) => api.put<OwnStatus>("/v1/desk/status", { status }),
    onSuccess: (now) => queries.setQueryData(["desk", "status"], now),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["desk"] }),
  });
}

/** Does something to a case or a desk, then asks again for what is shown of it. */
export function useDeskAction<T, R = unknown>(run: (api: Api, input: T) => Promise<R>) {
  const { api } = useSession();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (input: T) => run(api, input),
    onSettled: () => void queries.invalidateQueries({ queryKey: ["desk"] }),
  });
}
