/** What exactly was submitted: whoever approves reads this, and not the name of it alone. */

import { useQuery } from "@tanstack/react-query";
import { Descriptions } from "antd";
import type { BehaviourDraft, BranchItem, CampaignItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { isTextKey, LANGUAGES, useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { StepFigures } from "./step-figures";
import { useOfAccount, useTags } from "./use-own-accounts";

export function CampaignPlan({ account, item }: { account: string; item: CampaignItem }) {
  const { t, language } = useText();
  const { api } = useSession();
  const tags = useTags(account).data ?? [];
  const branches = useQuery({ queryKey: ["branches"], queryFn: () => api.get<BranchItem[]>("/v1/staff/branches") });
  const { plan } = item;
  const { audience } = plan;
  const tagged = (numbers: readonly number[]) => numbers.map((one) => tags.find((each) => each.tag === one)?.name ?? one).join("、");
  const named = (ids: readonly string[]) => ids.map((one) => branches.data?.find((each) => each.branch === one)?.name ?? one).join("、");
  const spoken = (codes: readonly string[]) => LANGUAGES.filter(({ code }) => codes.includes(code)).map(({ name }) => name).join("、");
  const campaigns = useOfAccount<CampaignItem[]>(account, "/campaigns").data ?? [];
  const { likely } = audience;
  const product = (name: string) => {
    const key = `campaigns.product.${name}`;
    return isTextKey(key) ? t(key) : name;
  };
  const done = ({ deed, subject = "", days = 30, did = true }: BehaviourDraft) =>
    t("campaigns.behaviourTold", {
      did: t(did ? "campaigns.did" : "campaigns.didNot"),
      deed: t(`campaigns.deed.${deed}`),
      subject: campaigns.find((each) => each.campaign === subject)?.plan.name ?? subject,
      days,
    });
  const listed = audience.customers?.length ?? 0;
  const lines: readonly (readonly [string, string])[] = [
    [t("campaigns.tags"), tagged(audience.tags ?? [])],
    [t("campaigns.without"), tagged(audience.without ?? [])],
    [t("campaigns.languages"), spoken(audience.languages ?? [])],
    [t("campaigns.branches"), named(audience.branches ?? [])],
    [t("campaigns.list"), listed > 0 ? t("campaigns.count", { count: listed }) : ""],
    [t("campaigns.behaviours"), (audience.behaviours ?? []).map(done).join("；")],
    [t("campaigns.likely"), likely ? t("campaigns.likelyTold", { product: product(likely.product), chance: Math.round((likely.at_least ?? 0) * 100), top: likely.top || "—" }) : ""],
    [t("campaigns.button"), plan.button ? `${plan.button.title} → ${plan.button.url}` : ""],
    [t("campaigns.at"), plan.at ? fullTime(plan.at, language) : t("campaigns.atOnce")],
    [t("campaigns.over"), plan.over_minutes ? `${plan.over_minutes} ${t("campaigns.minutes")}` : ""],
    [t("campaigns.holdOut"), plan.hold_out ? `${plan.hold_out}%` : ""],
    [t("campaigns.service"), t(plan.service ? "campaigns.yes" : "campaigns.no")],
  ];
  const shown = lines.filter(([, value]) => value !== "").map(([label, children]) => ({ key: label, label, children }));
  return (
    <>
      <Descriptions size="small" column={2} items={shown} data-testid={`campaign-plan-${plan.name}`} />
      <StepFigures account={account} item={item} />
    </>
  );
}
