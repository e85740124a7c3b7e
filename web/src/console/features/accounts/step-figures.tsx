/** How far recipients are with what follows a campaign's first message. */

import { Descriptions } from "antd";
import type { CampaignItem, StepCount } from "@shared/wire/generated";
import { isTextKey, useText } from "../../../shared/text/language";
import { useOfAccount } from "./use-own-accounts";

export function StepFigures({ account, item }: { account: string; item: CampaignItem }) {
  const { t } = useText();
  const steps = item.plan.steps ?? [];
  const counts = useOfAccount<StepCount[]>(account, `/campaigns/${encodeURIComponent(item.campaign)}/steps`, 5000).data ?? [];
  if (steps.length === 0) return null;
  const words = ({ state, reason }: StepCount) => {
    const key = `recipients.${reason || state}`;
    return isTextKey(key) ? t(key) : reason || state;
  };
  const lines = steps.map(({ after_minutes, when, via = "chat", text }, index) => ({
    key: String(index),
    label: t("campaigns.stepTold", { number: index + 1, minutes: after_minutes, when: t(`campaigns.when.${when}`), via: t(`campaigns.via.${via}`) }),
    children: [text, ...counts.filter((each) => each.step === index + 1).map((each) => `${words(each)} ${each.count}`)].join("｜"),
  }));
  return <Descriptions size="small" column={1} items={lines} data-testid={`campaign-steps-${item.plan.name}`} />;
}
