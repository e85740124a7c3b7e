/** Whether somebody is there: a dot on their picture, or words under their name. */

import type { ReactNode } from "react";
import type { Presence } from "../socket/presence";
import { useText, type Translate } from "../text/language";
import { fullTime } from "../text/time";
import type { Language } from "../text/language";
import { useNow } from "../ui/use-now";
import "./presence.css";

interface DotProps {
  readonly presence: Presence | undefined;
  readonly children: ReactNode;
}

export function PresenceDot({ presence, children }: DotProps) {
  const { t } = useText();
  const state = presence?.state;
  const shown = state === "online" || state === "away";
  return (
    <span className="el-presence">
      {children}
      {shown && (
        <i className={`el-presence-dot el-presence-${state}`} role="img" aria-label={t(`presence.${state}`)} data-testid="presence-dot" data-state={state} />
      )}
    </span>
  );
}

export function PresenceWords({ presence }: { presence: Presence | undefined }) {
  const { t, language } = useText();
  const now = useNow(30_000);
  if (!presence) return null;
  return (
    <span className={`el-presence-words el-presence-${presence.state}`} data-testid="presence" data-state={presence.state}>
      {presenceWords(presence, now, language, t)}
    </span>
  );
}

export function presenceWords({ state, lastSeen }: Presence, now: number, language: Language, t: Translate): string {
  if (state === "online" || state === "away") return t(`presence.${state}`);
  if (!lastSeen) return t("presence.offline");
  const minutes = Math.floor((now - lastSeen) / 60_000);
  if (minutes < 2) return t("presence.justNow");
  if (minutes < 60) return t("presence.minutes", { count: minutes });
  if (minutes < 24 * 60) return t("presence.hours", { count: Math.floor(minutes / 60) });
  return t("presence.since", { time: fullTime(lastSeen, language) });
}
