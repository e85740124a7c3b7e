/** Over a public account's chat: who serves now, the place in the queue, and the way to a person. */

import { Toast } from "antd-mobile";
import { UserContactOutline } from "antd-mobile-icons";
import { spanWords } from "../../../shared/assist/clocks";
import type { ServiceState } from "../../../shared/assist/shapes";
import { useAskPerson, useService } from "../../../shared/assist/use-service";
import { useText, type Language, type Translate } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Avatar } from "../../../shared/ui/avatar";

export function ServiceBar({ conv }: { conv: string }) {
  const { t, language, errorText } = useText();
  const { data } = useService(conv);
  const ask = useAskPerson(conv);
  if (!data?.has_desk) return null;
  const waits = data.state === "waiting" || data.state === "serving";
  return (
    <div className="el-service" data-testid="service-bar" data-state={data.state} role="status">
      {data.state === "serving" ? (
        <Avatar name={data.agent_name} size={26} />
      ) : (
        <span className={`el-service-sign ${data.state === "waiting" ? "el-service-waiting" : ""}`} />
      )}
      <span className="el-service-words">{serviceWords(data, t, language)}</span>
      {!waits && (
        <button
          type="button"
          className="el-chip"
          data-testid="ask-person"
          disabled={ask.isPending}
          onClick={() => ask.mutate(undefined, { onError: (error) => void Toast.show({ content: errorText(error) }) })}
        >
          <UserContactOutline /> {t("service.person")}
        </button>
      )}
    </div>
  );
}

function serviceWords(now: ServiceState, t: Translate, language: Language): string {
  if (now.state === "serving") return t("service.serving", { name: now.agent_name });
  if (now.state === "waiting") {
    if (!now.open) return now.opens === null ? t("service.waitingClosed") : t("service.waitingUntil", { time: fullTime(now.opens, language) });
    const place = now.position > 1 ? t("service.place", { ahead: now.position - 1 }) : t("service.next");
    return now.estimate_s === null ? place : t("service.estimate", { place, span: spanWords(now.estimate_s, t) });
  }
  if (!now.open) return now.opens === null ? t("service.closed") : t("service.opens", { time: fullTime(now.opens, language) });
  return t("service.bot");
}
