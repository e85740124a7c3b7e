/**
 * A page in the background takes messages, so the server sends no push for them: the page
 * tells of them itself, in the same words, if this device asked to be told.
 */

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { NotificationState } from "@shared/wire/generated";
import { useSession } from "../session/session";
import { useText } from "../text/language";
import { useThreads } from "../thread/use-threads";
import { permission, showNotice } from "./browser-push";
import { freshOf, quietAt } from "./hidden";

export function useHiddenNotices(): void {
  const { t } = useText();
  const { api } = useSession();
  const threads = useThreads();
  const before = useRef<ReadonlyMap<string, number>>(new Map());
  const { data } = useQuery({
    queryKey: ["notifications"],
    queryFn: () => api.get<NotificationState>("/v1/notifications"),
    enabled: permission() === "granted",
  });
  useEffect(() => {
    const fresh = freshOf(before.current, threads);
    before.current = new Map(threads.map(({ key, unread }) => [key, unread]));
    if (document.visibilityState !== "hidden" || !data?.subscribed || quietAt(Date.now(), data.wishes)) return;
    for (const { title, last } of fresh) {
      if (last) void showNotice(title, t("notify.message"), last.conv, last.seq);
    }
  }, [threads, data, t]);
}
