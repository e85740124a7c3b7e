/** A campaign's funnel and hours as pictures; beside each stands the table that says the same. */

import type { CampaignFunnel, CampaignHour } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { byHour, STEPS, type Step } from "./campaign-hours";

const FUNNEL = ["sent", "delivered", "read", "clicked", "converted"] as const;
export const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

export function FunnelTable({ funnel }: { funnel: CampaignFunnel }) {
  const { t } = useText();
  return (
    <table className="el-figures" data-testid="campaign-funnel">
      <caption>{t("outcomes.funnel")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("outcomes.step")}</th>
          <th scope="col">{t("outcomes.people")}</th>
          <th scope="col">{t("outcomes.share")}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {FUNNEL.map((step) => {
          const share = funnel.sent ? funnel[step] / funnel.sent : 0;
          return (
            <tr key={step}>
              <th scope="row">{t(`outcomes.${step}`)}</th>
              <td>{funnel[step]}</td>
              <td>{percent(share)}</td>
              <td className="el-figures-bar" aria-hidden="true">
                <span className={`el-step-${step}`} style={{ width: percent(share) }} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const HEIGHT = 90;
const BAR = 5;
const SHOWN: readonly Step[] = ["sent", "read", "clicked", "converted"];

export function Hours({ hours }: { hours: readonly CampaignHour[] }) {
  const { t, language } = useText();
  const rows = byHour(hours);
  const most = Math.max(1, ...rows.flatMap((row) => SHOWN.map((step) => row.counts[step])));
  const width = BAR * (SHOWN.length + 1);
  if (!rows.length) return null;
  return (
    <figure className="el-hours" data-testid="campaign-hours">
      <figcaption>
        {t("outcomes.hours")}
        {SHOWN.map((step) => (
          <span key={step} className={`el-hours-key el-step-${step}`}>
            {t(`outcomes.${step}`)}
          </span>
        ))}
      </figcaption>
      <svg role="img" aria-label={t("outcomes.hoursChart")} viewBox={`0 0 ${Math.max(rows.length * width, 240)} ${HEIGHT}`} height={HEIGHT}>
        {rows.flatMap((row, place) =>
          SHOWN.map((step, index) => {
            const tall = (row.counts[step] / most) * HEIGHT;
            const x = place * width + index * BAR;
            return <rect key={`${row.hour}-${step}`} className={`el-step-${step}`} x={x} y={HEIGHT - tall} width={BAR - 1} height={tall} />;
          }),
        )}
      </svg>
      <div className="el-figures-scroll">
        <table className="el-figures">
          <thead>
            <tr>
              <th scope="col">{t("outcomes.hour")}</th>
              {STEPS.map((step) => (
                <th scope="col" key={step}>
                  {t(`outcomes.${step}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.hour}>
                <th scope="row">{fullTime(row.hour, language)}</th>
                {STEPS.map((step) => (
                  <td key={step}>{row.counts[step]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
