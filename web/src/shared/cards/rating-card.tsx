/** The card at the end of a service: five stars and a word, answered once. */

import { useState } from "react";
import type { CardBody, EventFrame } from "@shared/wire/generated";
import { useSession } from "../session/session";
import { useText } from "../text/language";
import { isClosed, type CardPhase } from "../thread/card-phase";
import "./rating.css";

const STARS = [1, 2, 3, 4, 5] as const;
const LONGEST = 500;

export function isRating({ card_id }: CardBody): boolean {
  return card_id.startsWith("rating:");
}

interface Props {
  readonly body: CardBody;
  readonly event: EventFrame;
  readonly phase: CardPhase;
  readonly readOnly: boolean;
}

export function RatingCard({ body, event, phase, readOnly }: Props) {
  const { t } = useText();
  const { chat } = useSession();
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState("");
  const open = phase === "open" && !readOnly;
  return (
    <section className="el-frame el-rating" data-testid="rating-card" data-card-id={body.card_id} data-phase={phase}>
      <h3>{t("rating.title")}</h3>
      {open ? (
        <form
          onSubmit={(submitted) => {
            submitted.preventDefault();
            chat.submit(event.conv, event.seq, `rate_${stars}`, { comment: comment.trim() });
          }}
        >
          <div className="el-stars" role="radiogroup" aria-label={t("rating.title")}>
            {STARS.map((star) => (
              <label key={star} className={star <= stars ? "el-star el-star-on" : "el-star"}>
                <input
                  type="radio"
                  name={body.card_id}
                  value={star}
                  checked={star === stars}
                  data-testid={`rate-${star}`}
                  aria-label={t(`rating.${star}`)}
                  onChange={() => setStars(star)}
                />
                ★
              </label>
            ))}
            <span>{stars === 0 ? t("rating.pick") : t(`rating.${stars as 1 | 2 | 3 | 4 | 5}`)}</span>
          </div>
          {stars > 0 && (
            <>
              <textarea
                rows={2}
                maxLength={LONGEST}
                value={comment}
                placeholder={t("rating.comment")}
                aria-label={t("rating.comment")}
                data-testid="rating-comment"
                onChange={(typed) => setComment(typed.target.value)}
              />
              <button type="submit" className="el-send" data-testid="rating-send">
                {t("rating.send")}
              </button>
            </>
          )}
        </form>
      ) : (
        <p role="status">{t(phase === "submitted" ? "card.submitted" : readOnly && !isClosed(phase) ? "rating.asked" : "rating.thanks")}</p>
      )}
    </section>
  );
}
