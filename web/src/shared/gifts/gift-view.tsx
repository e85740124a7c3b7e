/** A red packet, or a transfer to a friend: its cover, and inside it who took what. */

import { useEffect, useState } from "react";
import type { GiftBody, GiftItem, GiftTakenBody } from "@shared/wire/generated";
import { useChat } from "../session/session";
import { useText } from "../text/language";
import { fullTime } from "../text/time";
import { useAskAgain, useGift, useTakeGift } from "./use-gift";
import { yuan } from "./yuan";
import "./gifts.css";

export function GiftView({ body }: { body: GiftBody }) {
  const { t } = useText();
  const [looking, setLooking] = useState(false);
  const { data: gift } = useGift(body.gift);
  const friend = body.kind === "p2p";
  const name = gift?.sender_name ?? "";
  return (
    <section className="el-frame el-gift" data-testid="gift" data-state={gift?.state ?? ""} data-mine={gift?.mine ?? 0}>
      <button type="button" className="el-gift-cover" onClick={() => setLooking(!looking)} aria-expanded={looking}>
        <span className="el-gift-seal" aria-hidden="true">
          {friend ? "¥" : "福"}
        </span>
        <span className="el-gift-words">
          <strong>{friend ? `¥${yuan(body.amount ?? 0)}` : body.greeting || t("gift.wish")}</strong>
          <small>{t(friend ? "gift.fromFriend" : "gift.from", { name })}</small>
        </span>
      </button>
      {gift && <Inside gift={gift} looking={looking} friend={friend} />}
    </section>
  );
}

function Inside({ gift, looking, friend }: { gift: GiftItem; looking: boolean; friend: boolean }) {
  const { t, language } = useText();
  const take = useTakeGift(gift.gift);
  const taken = String(gift.taken.length);
  return (
    <div className="el-gift-inside">
      {gift.open && (
        <button
          type="button"
          className="el-gift-open"
          data-testid="gift-take"
          disabled={take.isPending}
          onClick={() => take.mutate()}
        >
          {t(friend ? "gift.accept" : "gift.open")}
        </button>
      )}
      {take.isError && <p role="alert">{t("gift.failed")}</p>}
      <p data-testid="gift-state">{stateOf(gift, t)}</p>
      {(looking || gift.mine > 0) && gift.taken.length > 0 && (
        <>
          <p>{t("gift.progress", { taken, shares: String(gift.shares), amount: yuan(gift.amount) })}</p>
          <ul data-testid="gift-shares">
            {gift.taken.map((share) => (
              <li key={share.user}>
                <span>
                  {share.name}
                  <small>{fullTime(share.at, language)}</small>
                </span>
                <span>
                  ¥{yuan(share.amount)}
                  {share.best && <em>{t("gift.best")}</em>}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function stateOf(gift: GiftItem, t: ReturnType<typeof useText>["t"]): string {
  if (gift.mine > 0) return t("gift.mine", { amount: yuan(gift.mine) });
  if (gift.state === "RETURNED") return t("gift.returned");
  if (gift.state === "TAKEN") return t("gift.gone");
  return gift.kind === "p2p" && !gift.open ? t("gift.waiting") : "";
}

/** The line that says who took; the gift itself is asked for again. */
export function GiftTakenLine({ body, who }: { body: GiftTakenBody; who: string }) {
  const { t } = useText();
  const { user } = useChat();
  const { data: gift } = useGift(body.gift);
  const askAgain = useAskAgain();
  useEffect(() => askAgain(body.gift), [body.gift]); // eslint-disable-line react-hooks/exhaustive-deps -- once for each line
  const name = (each: string) =>
    each === user
      ? t("member.you")
      : each === gift?.sender
        ? gift.sender_name
        : (gift?.taken.find((share) => share.user === each)?.name ?? "");
  return (
    <p className="el-gift-line" data-testid="gift-line">
      {t("gift.taken", { who: name(who), sender: name(body.sender) })}
    </p>
  );
}
