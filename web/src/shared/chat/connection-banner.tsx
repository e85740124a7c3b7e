/** Says when what is on the screen may not be the newest; silent while all is well. */

import { useEffect, useState } from "react";
import { useChat, useSession } from "../session/session";
import { useText } from "../text/language";
import "./chat.css";

const PATIENCE_MS = 1200;

export function ConnectionBanner() {
  const { t } = useText();
  const { chat } = useSession();
  const { status, listed } = useChat();
  const [late, setLate] = useState(false);
  const well = status.state === "online" && listed;
  useEffect(() => {
    if (well) return undefined;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [well]);
  if (well || !(late || status.state === "ended")) return null;
  const key = status.state === "online" ? "catchingUp" : status.state === "idle" ? "connecting" : status.state;
  return (
    <div className="el-banner" role="status" data-testid="connection-banner" data-state={status.state}>
      {t(`status.${key}`)}
      {status.state === "waiting" && (
        <button type="button" className="el-plain" onClick={chat.wake}>
          {t("app.retry")}
        </button>
      )}
    </div>
  );
}
