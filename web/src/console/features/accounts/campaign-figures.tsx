/** What became of a campaign: how many were sent, read and held back, and which words won. */

import { useQuery } from "@tanstack/react-query";
import { Descriptions } from "antd";
import type { CampaignItem, CampaignResult, RecipientCount } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { isTextKey, useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { accountPath } from "./use-own-accounts";

const per = (share: number) => `${(share * 100).toFixed(1)}%`;

export function CampaignFigures({ account, item }: { account: string; item: CampaignItem }) {
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["campaign-result", item.campaign],
    queryFn: () => api.get<CampaignResult>(accountPath(account, `/campaigns/${encodeURIComponent(item.campaign)}/result`)),
    refetchInterval: 5000,
  });
  return <Loaded query={query}>{(result) => <Told result={result} item={item} />}</Loaded>;
}

function Told({ result, item }: { result: CampaignResult; item: CampaignItem }) {
  const { t } = useText();
  const words = ({ state, reason }: RecipientCount) => {
    const key = `recipients.${reason || state}`;
    return isTextKey(key) ? t(key) : reason || state;
  };
  const totals = new Map<string, number>();
  for (const each of result.counts) totals.set(words(each), (totals.get(words(each)) ?? 0) + each.count);
  const counts = [...totals].map(([label, children]) => ({ key: label, label, children }));
  const shares = result.variants.map(({ variant, sent, read, low, high }) => ({
    key: String(variant),
    label: t("campaigns.variant", { number: variant + 1 }),
    children: t("campaigns.share", { read, sent, low: per(low), high: per(high) }),
  }));
  return (
    <div data-testid={`campaign-figures-${item.plan.name}`}>
      <Descriptions size="small" column={4} items={counts} />
      <Descriptions size="small" column={1} items={shares} />
      {item.plan.texts.length > 1 && (
        <p className="el-hint">
          {result.winner === null ? t("campaigns.noWinner") : t("campaigns.winner", { number: result.winner + 1 })}
        </p>
      )}
    </div>
  );
}
