/** What became of a campaign: funnel, variants, segments, hours and lift; and a file of it. */

import { useQuery } from "@tanstack/react-query";
import { App, Button, Descriptions, Table, type TableColumnsType } from "antd";
import type { CampaignItem, CampaignLift, CampaignResult, RecipientCount, SegmentShare, VariantShare } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { isTextKey, LANGUAGES, useText } from "../../../shared/text/language";
import { yuan } from "../../../shared/gifts/yuan";
import { Loaded } from "../../../shared/ui/loaded";
import { FunnelTable, Hours, percent } from "./campaign-charts";
import { accountPath } from "./use-own-accounts";

const STEPS = ["sent", "delivered", "read", "clicked", "converted", "unsubscribed"] as const;
const IN_FUNNEL: ReadonlySet<string> = new Set(STEPS);
const pathOf = (account: string, item: CampaignItem) =>
  accountPath(account, `/campaigns/${encodeURIComponent(item.campaign)}/result`);

export function CampaignFigures({ account, item }: { account: string; item: CampaignItem }) {
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["campaign-result", item.campaign],
    queryFn: () => api.get<CampaignResult>(pathOf(account, item)),
    refetchInterval: 5000,
  });
  return <Loaded query={query}>{(result) => <Told result={result} item={item} account={account} />}</Loaded>;
}

function Told({ result, item, account }: { result: CampaignResult; item: CampaignItem; account: string }) {
  const { t } = useText();
  const words = ({ state, reason }: RecipientCount) => {
    const key = `recipients.${state === "suppressed" ? reason : state}`;
    return isTextKey(key) ? t(key) : reason || state;
  };
  const totals = new Map<string, number>();
  const others = result.counts.filter(({ state }) => !IN_FUNNEL.has(state));
  for (const each of others) totals.set(words(each), (totals.get(words(each)) ?? 0) + each.count);
  const { funnel, winner } = result;
  const counts = [
    ...[...totals].map(([label, children]) => ({ key: label, label, children: String(children) })),
    { key: "unsubscribed", label: t("outcomes.unsubscribed"), children: String(funnel.unsubscribed) },
    { key: "revenue", label: t("outcomes.revenue"), children: t("outcomes.yuan", { amount: yuan(funnel.revenue) }) },
  ];
  return (
    <div className="el-outcomes" data-testid={`campaign-figures-${item.plan.name}`}>
      <Exports account={account} item={item} />
      <Descriptions size="small" column={4} items={counts} />
      <FunnelTable funnel={funnel} />
      <Variants variants={result.variants} />
      {item.plan.texts.length > 1 && (
        <p className="el-hint">{winner === null ? t("campaigns.noWinner") : t("campaigns.winner", { number: winner + 1 })}</p>
      )}
      {result.lift && <LiftLine lift={result.lift} />}
      <Segments segments={result.segments} />
      <Hours hours={result.hours} />
    </div>
  );
}

function Exports({ account, item }: { account: string; item: CampaignItem }) {
  const { api } = useSession();
  const { t, language } = useText();
  const { message } = App.useApp();
  const take = async (form: "csv" | "xlsx") => {
    try {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await api.file(`${pathOf(account, item)}/${form}?language=${language}`));
      link.download = `${item.plan.name}.${form}`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch {
      void message.error(t("outcomes.exportFailed"));
    }
  };
  return (
    <div className="el-accounts-bar">
      {(["csv", "xlsx"] as const).map((form) => (
        <Button key={form} size="small" data-testid={`campaign-export-${form}`} onClick={() => void take(form)}>
          {t("outcomes.export", { form: form.toUpperCase() })}
        </Button>
      ))}
    </div>
  );
}

function useStepColumns<T extends VariantShare | SegmentShare>(): TableColumnsType<T> {
  const { t } = useText();
  return [
    ...STEPS.map((step) => ({ title: t(`outcomes.${step}`), dataIndex: step, align: "right" as const })),
    { title: t("outcomes.revenue"), align: "right" as const, render: (_: unknown, one: T) => t("outcomes.yuan", { amount: yuan(one.revenue) }) },
  ];
}

function Variants({ variants }: { variants: readonly VariantShare[] }) {
  const { t } = useText();
  const steps = useStepColumns<VariantShare>();
  const share = ({ sent, read, low, high }: VariantShare) =>
    t("outcomes.interval", { share: percent(sent ? read / sent : 0), low: percent(low), high: percent(high) });
  const columns: TableColumnsType<VariantShare> = [
    { title: t("outcomes.variants"), render: (_, one) => t("campaigns.variant", { number: one.variant + 1 }) },
    ...steps,
    { title: t("outcomes.readShare"), render: (_, one) => share(one) },
  ];
  return <Table rowKey="variant" size="small" pagination={false} columns={columns} dataSource={[...variants]} scroll={{ x: 760 }} />;
}

function Segments({ segments }: { segments: readonly SegmentShare[] }) {
  const { t } = useText();
  const steps = useStepColumns<SegmentShare>();
  const named = ({ kind, value }: SegmentShare) => {
    if (value === "*") return t("outcomes.others");
    return (kind === "language" && LANGUAGES.find(({ code }) => code === value)?.name) || value || t("outcomes.unknown");
  };
  const columns: TableColumnsType<SegmentShare> = [
    {
      title: t("outcomes.segments"),
      render: (_, one) => `${t(one.kind === "language" ? "outcomes.language" : "outcomes.branch")} · ${named(one)}`,
    },
    ...steps,
  ];
  const key = ({ kind, value }: SegmentShare) => `${kind}:${value}`;
  return <Table rowKey={key} size="small" pagination={false} columns={columns} dataSource={[...segments]} scroll={{ x: 700 }} />;
}

function LiftLine({ lift }: { lift: CampaignLift }) {
  const { t } = useText();
  const verdict = t(lift.low > 0 || lift.high < 0 ? "outcomes.liftCertain" : "outcomes.liftOpen");
  const { held, held_converted: heldConverted, offered, offered_converted: offeredConverted } = lift;
  const [difference, low, high] = [percent(lift.difference), percent(lift.low), percent(lift.high)];
  return <p data-testid="campaign-lift">{t("outcomes.lift", { difference, low, high, verdict, held, heldConverted, offered, offeredConverted })}</p>;
}
