/** What might suit this customer, beside the conversation: with reasons, and for the manager only. */

import { useQuery } from "@tanstack/react-query";
import type { NextBestItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { featureName, percent, productName } from "../../shared/recommender/words";
import "./next-offers.css";

const SHOWN = 3;
const REASONS = 3;

export function NextOffers({ customer }: { customer: string }) {
  const { t } = useText();
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["next-offers", customer],
    queryFn: () => api.get<NextBestItem[]>(`/v1/staff/customers/${encodeURIComponent(customer)}/next-offers`),
  });
  return (
    <aside className="el-next" data-testid="next-offers" aria-label={t("rec.next")}>
      <h2>{t("rec.next")}</h2>
      <Loaded query={query}>
        {(offers) =>
          offers.length === 0 ? (
            <p className="el-hint">{t("rec.nobody")}</p>
          ) : (
            <ol>
              {offers.slice(0, SHOWN).map((offer) => (
                <Offer key={offer.product} offer={offer} />
              ))}
            </ol>
          )
        }
      </Loaded>
      <p className="el-hint">{t("rec.nextHint")}</p>
    </aside>
  );
}

function Offer({ offer: { product, score, adds, reasons } }: { offer: NextBestItem }) {
  const { t } = useText();
  const said = reasons
    .filter(({ weight }) => weight > 0)
    .map(({ feature }) => featureName(feature, t))
    .filter((name) => name !== undefined)
    .slice(0, REASONS);
  return (
    <li data-testid="next-offer">
      <strong>{productName(product, t)}</strong>
      <span>
        {t("rec.chance", { chance: percent(score) })}
        {adds !== null && ` · ${t("rec.adds", { adds: percent(adds, 1) })}`}
      </span>
      <span className="el-next-bar" aria-hidden="true">
        <i style={{ width: percent(score) }} />
      </span>
      <small>{said.length > 0 ? t("rec.because", { reasons: said.join(t("member.join")) }) : t("rec.noReasons")}</small>
    </li>
  );
}
