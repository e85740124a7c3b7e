/** For each skill: how many began, how far they came, how it ended, and where they gave up. */

import { Segmented } from "antd";
import { useState } from "react";
import type { SkillFunnelItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { ranked, stepWords, wordsOf } from "./steps";
import { useFunnel } from "./use-learning";

const SPANS = [1, 7, 30, 90];

export function FunnelPanel() {
  const { t } = useText();
  const [days, setDays] = useState(7);
  const query = useFunnel(days);
  return (
    <>
      <Segmented
        value={days}
        onChange={setDays}
        options={SPANS.map((value) => ({ value, label: t("bots.days", { days: value }) }))}
      />
      <Loaded query={query}>
        {(funnel) => (
          <div className="el-bots-skills" data-testid="bots-funnel">
            {funnel.cut && <p className="el-hint">{t("bots.cut")}</p>}
            {funnel.skills.length === 0 && <p className="el-desk-empty">{t("bots.noAttempts")}</p>}
            {funnel.skills.map((each) => (
              <Skill key={each.skill} funnel={each} />
            ))}
          </div>
        )}
      </Loaded>
    </>
  );
}

function Skill({ funnel }: { funnel: SkillFunnelItem }) {
  const { t } = useText();
  const steps: Bar[] = [
    [t("bots.began"), funnel.began],
    ...ranked(funnel.reached).map(([step, count]) => [stepWords(step, t), count] as const),
    [t("bots.done"), funnel.done],
  ];
  return (
    <section className="el-sheet" data-testid={`funnel-${funnel.skill}`}>
      <h2>{wordsOf("skill", funnel.skill, t)}</h2>
      <div className="el-bots-parts">
        <Bars title={t("bots.reached")} bars={steps} most={funnel.began} />
        <Bars
          title={t("bots.ends")}
          most={funnel.began}
          bars={[
            ...ranked(funnel.ends).map(([end, count]) => [wordsOf("end", end, t), count] as const),
            ...(funnel.under_way > 0 ? [[t("bots.underWay"), funnel.under_way] as const] : []),
          ]}
        />
        <Bars
          title={t("bots.givenUp")}
          most={funnel.began}
          empty={t("bots.noneGaveUp")}
          bars={ranked(funnel.given_up).map(([step, count]) => [stepWords(step, t), count] as const)}
          late
        />
      </div>
      {funnel.seconds !== null && <p className="el-hint">{t("bots.seconds", { seconds: Math.round(funnel.seconds) })}</p>}
    </section>
  );
}

type Bar = readonly [name: string, count: number];

interface BarsProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly most: number;
  readonly empty?: string;
  readonly late?: boolean;
}

function Bars({ title, bars, most, empty = "", late = false }: BarsProps) {
  return (
    <div>
      <h3>{title}</h3>
      {bars.length === 0 && <p className="el-hint">{empty}</p>}
      <ul className={late ? "el-bots-bars el-bots-late" : "el-bots-bars"}>
        {bars.map(([name, count]) => (
          <li key={name}>
            <span>{name}</span>
            <i style={{ width: `${Math.min(100, (count / Math.max(1, most)) * 100)}%` }} />
            <b>{count}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
