/** A bot's card with what became of it: countdown, in progress, done, expired … */

import { useState } from "react";
import type { CardBody, EventFrame } from "@shared/wire/generated";
import { AdaptiveCardView } from "../cards/adaptive-card-view";
import { withDeviceKey } from "../cards/device-key";
import { isRating, RatingCard } from "../cards/rating-card";
import { timeLeft } from "../cards/time-left";
import { useChat, useSession } from "../session/session";
import { useText } from "../text/language";
import { countdown, fullTime } from "../text/time";
import { isClosed, type CardPhase } from "../thread/card-phase";
import { useNow } from "../ui/use-now";

/** Further away than this, a date says more than a countdown. */
const HOUR_MS = 3_600_000;

interface Props {
  readonly body: CardBody;
  readonly event: EventFrame;
  readonly phase: CardPhase;
  /** Staff and other readers see the card and cannot answer it. */
  readonly readOnly: boolean;
}

export function CardView(props: Props) {
  return isRating(props.body) ? <RatingCard {...props} /> : <AskingCard {...props} />;
}

function AskingCard({ body, event, phase: told, readOnly }: Props) {
  const { t, language } = useText();
  const { chat } = useSession();
  const { clockSkew } = useChat();
  const [notSigned, setNotSigned] = useState(false);
  const expires = body.expires_at ?? null;
  const ticking = expires !== null && told === "open";
  const now = useNow(1000, ticking) + clockSkew;
  const phase = ticking && now >= expires ? "expired" : told;
  const closed = isClosed(phase);
  const left = phase === "open" ? timeLeft(body, now) : null;
  const secret = (body.secret_inputs ?? []).length > 0 && phase === "open";
  const answer = async (action: string, values: Record<string, string>) => {
    setNotSigned(false);
    try {
      chat.submit(event.conv, event.seq, action, await withDeviceKey(values));
    } catch {
      setNotSigned(true);
    }
  };
  return (
    <section className="el-frame el-card" data-testid="card" data-card-id={body.card_id} data-phase={phase}>
      <header>{t("card.tag")}</header>
      <AdaptiveCardView
        body={body}
        closed={closed}
        enabled={phase === "open" && !readOnly}
        onAnswer={({ action, values }) => void answer(action, values)}
      />
      {notSigned && (
        <p className="el-card-failed" role="alert" data-testid="not-signed">
          {t("card.notSigned")}
        </p>
      )}
      {secret && <p className="el-card-hint">{t("card.secureHint")}</p>}
      {phase !== "open" && (
        <footer className={`el-card-${phase}`} data-testid="card-state" role="status">
          {t(`card.${phase}`)}
        </footer>
      )}
      {left && (
        <footer className="el-card-time" data-testid="card-countdown" data-of={left.of}>
          {left.of === "renew"
            ? t("card.renewCode")
            : left.ms < HOUR_MS
              ? t(left.of === "secret" ? "card.codeRemaining" : "card.remaining", { time: countdown(left.ms) })
              : t("card.until", { time: fullTime(now + left.ms, language) })}
        </footer>
      )}
    </section>
  );
}
