/** Campaigns of an account: planned here, decided on by two others, watched while they run. */

import { App, Button, Table, Tag, type TableColumnsType } from "antd";
import { useState } from "react";
import type { CampaignItem, CampaignStep } from "@shared/wire/generated";
import { isTextKey, useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { CampaignDialog } from "./campaign-dialog";
import { CampaignFigures } from "./campaign-figures";
import { CampaignPlan } from "./campaign-plan";
import { accountPath, useAccountAction, useOfAccount } from "./use-own-accounts";

type Step = CampaignStep["step"];

const COLOURS: Readonly<Record<string, string>> = { running: "blue", done: "green", rejected: "red", submitted: "gold", reviewed: "gold" };

function stepsFor(role: string, state: string): readonly Step[] {
  if (role === "operator") {
    if (state === "running") return ["pause", "recall"];
    if (state === "paused") return ["resume", "recall"];
    return state === "done" ? ["recall"] : [];
  }
  if (state === "submitted") return role === "reviewer" ? ["approve", "reject"] : [];
  return state === "reviewed" ? ["approve", "reject"] : [];
}

export function CampaignPanel({ account, role }: { account: string; role: string }) {
  const query = useOfAccount<CampaignItem[]>(account, "/campaigns", 5000);
  return <Loaded query={query}>{(items) => <Listed account={account} role={role} items={items} />}</Loaded>;
}

function Listed({ account, role, items }: { account: string; role: string; items: readonly CampaignItem[] }) {
  const { t, language } = useText();
  const { message } = App.useApp();
  const [planning, setPlanning] = useState(false);
  const decide = useAccountAction((api, { item, step }: { item: CampaignItem; step: Step }) =>
    api.post<CampaignItem>(accountPath(account, `/campaigns/${encodeURIComponent(item.campaign)}`), {
      step,
      content_hash: item.content_hash,
      reason: step === "reject" ? t("accounts.step.reject") : "",
    }),
  );
  const act = (item: CampaignItem, step: Step) =>
    decide.mutate({ item, step }, { onSuccess: () => void message.success(t("accounts.done")) });
  const stateOf = (state: string) => {
    const key = `campaigns.state.${state}`;
    return isTextKey(key) ? t(key) : state;
  };
  const columns: TableColumnsType<CampaignItem> = [
    { title: t("campaigns.name"), render: (_, one) => one.plan.name, width: 180 },
    { title: t("campaigns.text"), render: (_, one) => one.plan.texts.join(" / ") },
    { title: t("campaigns.size"), dataIndex: "size", width: 90 },
    {
      title: t("templates.state"),
      width: 110,
      render: (_, one) => (
        <Tag color={COLOURS[one.state] ?? "default"} data-testid={`campaign-state-${one.plan.name}`}>
          {stateOf(one.state)}
        </Tag>
      ),
    },
    { title: t("broadcast.submittedAt"), width: 180, render: (_, one) => fullTime(one.submitted, language) },
    {
      title: "",
      width: 170,
      render: (_, one) => (
        <span className="el-accounts-acts">
          {stepsFor(role, one.state).map((step) => (
            <Button key={step} size="small" data-testid={`campaign-${step}-${one.plan.name}`} onClick={() => act(one, step)}>
              {t(`campaigns.step.${step}`)}
            </Button>
          ))}
        </span>
      ),
    },
  ];
  return (
    <>
      {role === "operator" && (
        <div className="el-accounts-bar">
          <Button type="primary" data-testid="campaign-new" onClick={() => setPlanning(true)}>
            {t("campaigns.new")}
          </Button>
        </div>
      )}
      <Table
        rowKey="campaign"
        size="small"
        pagination={false}
        columns={columns}
        dataSource={[...items]}
        expandable={{
          expandedRowRender: (one) => (
            <>
              <CampaignPlan account={account} item={one} />
              <CampaignFigures account={account} item={one} />
            </>
          ),
        }}
        locale={{ emptyText: t("campaigns.none") }}
        scroll={{ x: 860 }}
      />
      {planning && <CampaignDialog account={account} onClose={() => setPlanning(false)} />}
    </>
  );
}
