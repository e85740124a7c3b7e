/** How much of today's quota is used, by path. */

import { Progress, Table, type TableColumnsType } from "antd";
import type { QuotaItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { useOfAccount } from "./use-own-accounts";

export function QuotaTable({ account }: { account: string }) {
  const { t } = useText();
  const query = useOfAccount<QuotaItem[]>(account, "/developer/quotas");
  const columns: TableColumnsType<QuotaItem> = [
    { title: t("developer.path"), render: (_, one) => <code>{one.path}</code> },
    { title: t("developer.used"), dataIndex: "used", width: 110, align: "right", render: (count: number) => count.toLocaleString() },
    { title: t("developer.limit"), width: 130, align: "right", render: (_, one) => (one.limit ? one.limit.toLocaleString() : "—") },
    {
      title: t("developer.left"),
      width: 130,
      align: "right",
      render: (_, one) => (one.limit ? Math.max(0, one.limit - one.used).toLocaleString() : "—"),
    },
    {
      title: "",
      width: 160,
      render: (_, one) => one.limit > 0 && <Progress percent={Math.min(100, Math.round((100 * one.used) / one.limit))} size="small" />,
    },
  ];
  return (
    <Loaded query={query}>
      {(items) => <Table rowKey="path" size="small" pagination={false} columns={columns} dataSource={[...items]} scroll={{ x: 760 }} />}
    </Loaded>
  );
}
