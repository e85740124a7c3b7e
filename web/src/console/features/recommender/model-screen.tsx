/** The recommender for who runs it: what the model learnt, how it does now, and what sending would bring. */

import { useQuery } from "@tanstack/react-query";
import type { ModelCardItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { percent } from "../../shared/recommender/words";
import { Forecast } from "./forecast";
import { Monitors } from "./monitors";
import { ProductTable } from "./product-table";
import "./recommender.css";

const AGAIN_MS = 60_000;

export function ModelScreen() {
  const { t } = useText();
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["recommender"],
    queryFn: () => api.get<ModelCardItem>("/v1/staff/recommender"),
    refetchInterval: AGAIN_MS,
  });
  return (
    <div className="el-screen el-board el-rec">
      <div className="el-screen-head">
        <h1>{t("console.recommender")}</h1>
      </div>
      <Loaded query={query}>
        {(card) =>
          card.version ? (
            <>
              <Monitors readings={card.readings} />
              <Card card={card} />
              <ProductTable products={card.products} />
              <Forecast products={card.products.map(({ product }) => product)} />
            </>
          ) : (
            <div className="el-state">{t("rec.noModel")}</div>
          )
        }
      </Loaded>
    </div>
  );
}

function Card({ card }: { card: ModelCardItem }) {
  const { t } = useText();
  const { offers, customers, held_out: heldOut } = card;
  const lines = [
    [t("rec.version"), card.version],
    [t("rec.learnt"), t("rec.learntOf", { offers, customers, heldOut })],
    [t("rec.auc"), card.roc_auc.toFixed(3)],
    [t("rec.loss"), t("rec.lossOf", { ours: card.log_loss.toFixed(4), theirs: card.popularity_log_loss.toFixed(4) })],
    [t("rec.calibration"), card.calibration_error.toFixed(4)],
    [t("rec.holdOut"), t("rec.holdOutOf", { share: percent(card.hold_out_share) })],
    [t("rec.method"), t("rec.methodSaid")],
  ] as const;
  return (
    <section className="el-sheet" data-testid="model-card">
      <h2>{t("rec.model")}</h2>
      <dl className="el-rec-card">
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
