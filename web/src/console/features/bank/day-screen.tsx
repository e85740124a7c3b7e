/** How the bank's business dates were closed, the newest first; nothing can be changed here. */

import { ReloadOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Table, Tag, type TableColumnsType } from "antd";
import type { BusinessDayItem, BusinessDayList } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { isTextKey, useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { missingStep } from "./missing-step";

const REFRESH_MS = 30_000;

export function DayScreen() {
  const { t, language, errorText } = useText();
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["staff", "bank", "days"],
    queryFn: () => api.get<BusinessDayList>("/v1/staff/bank/days"),
    refetchInterval: REFRESH_MS,
  });
  const named = (step: string) => {
    const key = `bank.step.${step}`;
    return isTextKey(key) ? t(key) : step;
  };
  const columns: TableColumnsType<BusinessDayItem> = [
    { title: t("bank.day"), render: (_, item) => <strong>{item.day}</strong>, width: 130 },
    { title: t("bank.state"), render: (_, item) => <State item={item} named={named} />, width: 180 },
    {
      title: t("bank.closedAt"),
      render: (_, item) => (item.sealed_at === null ? "" : fullTime(item.sealed_at, language)),
      width: 180,
    },
    {
      title: t("bank.steps"),
      render: (_, item) => <span className="el-hint">{item.steps.map((one) => named(one.step)).join(" · ")}</span>,
    },
    {
      title: t("bank.head"),
      render: (_, item) => (item.head ? <code title={item.head}>{`${item.head_seq} · ${item.head.slice(0, 12)}…`}</code> : ""),
      width: 220,
    },
  ];
  return (
    <div className="el-screen">
      <div className="el-screen-head">
        <h1>{t("console.bankDays")}</h1>
        <Button
          icon={<ReloadOutlined />}
          aria-label={t("bank.newer")}
          title={t("bank.newer")}
          loading={query.isRefetching}
          onClick={() => void query.refetch()}
        />
      </div>
      <div className="el-sheet">
        {query.error ? (
          <div className="el-state">{errorText(query.error)}</div>
        ) : (
          <Table
            rowKey="day"
            size="small"
            data-testid="bank-days"
            loading={query.isPending}
            columns={columns}
            dataSource={[...(query.data?.items ?? [])]}
            pagination={false}
            locale={{ emptyText: t("bank.none") }}
            scroll={{ x: 1080 }}
            footer={() => <span className="el-hint">{t(query.data?.closes_here ? "bank.here" : "bank.elsewhere")}</span>}
          />
        )}
      </div>
    </div>
  );
}

function State({ item, named }: { item: BusinessDayItem; named: (step: string) => string }) {
  const { t } = useText();
  if (item.sealed_at !== null) return <Tag color="green">{t("bank.closed")}</Tag>;
  const missing = missingStep(item.steps.map((one) => one.step));
  return <Tag color="red">{missing ? t("bank.stuck", { step: named(missing) }) : t("bank.closing")}</Tag>;
}
