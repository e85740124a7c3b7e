import type { ModelReadings } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { outcomeName, percent } from "../../shared/recommender/words";

const MUCH = 0.2; // population stability index above which something changed

/** Whether the model still does what it promised: the last week. */
export function Monitors({ readings }: { readings: ModelReadings }) {
  const { t } = useText();
  const drifts = readings.drift > MUCH;
  const measured = readings.settled > 0;
  return (
    <section data-testid="model-monitors">
      <div className="el-tiles">
        <Tile name={t("rec.settled")} value={`${readings.settled}`} />
        <Tile name={t("rec.promised")} value={measured ? percent(readings.promised, 1) : "—"} />
        <Tile name={t("rec.kept")} value={measured ? percent(readings.kept, 1) : "—"} />
        <Tile name={t("rec.calibration")} value={measured ? readings.calibration_error.toFixed(3) : "—"} />
        <Tile
          name={t("rec.drift")}
          value={readings.drift.toFixed(2)}
          under={t(drifts ? "rec.driftMuch" : "rec.driftFine")}
          late={drifts}
        />
      </div>
      <Outcomes outcomes={readings.outcomes} />
    </section>
  );
}

function Tile({ name, value, under = "", late = false }: { name: string; value: string; under?: string; late?: boolean }) {
  return (
    <div className={late ? "el-tile el-tile-late" : "el-tile"}>
      <span>{name}</span>
      <b className={value.length > 4 ? "el-tile-words" : ""}>{value}</b>
      {under && <small>{under}</small>}
    </div>
  );
}

function Outcomes({ outcomes }: { outcomes: Readonly<Record<string, number>> }) {
  const { t } = useText();
  const rows = Object.entries(outcomes).sort(([, one], [, other]) => other - one);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return (
    <section className="el-sheet">
      <h2>
        {t("rec.outcomes")} · {t("rec.week")}
      </h2>
      {rows.length === 0 && <p className="el-hint">{t("rec.noOutcomes")}</p>}
      <div className="el-ratings el-rec-outcomes">
        {rows.flatMap(([outcome, count]) => [
          <span key={`n${outcome}`}>{outcomeName(outcome, t)}</span>,
          <i key={`b${outcome}`} style={{ width: percent(count / most) }} />,
          <span key={`c${outcome}`}>{count}</span>,
        ])}
      </div>
    </section>
  );
}
