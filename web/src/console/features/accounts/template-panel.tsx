/** Templates of notices: made or taken from the library, reviewed by another, sent to one. */

import { App, Button, Select, Table, Tag, type TableColumnsType } from "antd";
import { useState } from "react";
import type { TemplateItem, TemplateList, TemplateStep } from "@shared/wire/generated";
import { isTextKey, useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { NoticeDialog, TemplateDialog } from "./template-dialogs";
import { accountPath, useAccountAction, useOfAccount } from "./use-own-accounts";

const COLOURS: Readonly<Record<string, string>> = { approved: "green", submitted: "gold", rejected: "red" };

export function TemplatePanel({ account, role }: { account: string; role: string }) {
  const query = useOfAccount<TemplateList>(account, "/templates");
  return <Loaded query={query}>{(told) => <Listed account={account} role={role} told={told} />}</Loaded>;
}

function Listed({ account, role, told }: { account: string; role: string; told: TemplateList }) {
  const { t, language } = useText();
  const { message } = App.useApp();
  const [making, setMaking] = useState(false);
  const [sent, setSent] = useState<TemplateItem | null>(null);
  const operator = role === "operator";
  const adopt = useAccountAction((api, number: string) =>
    api.post<TemplateItem>(accountPath(account, "/templates"), { number }),
  );
  const decide = useAccountAction((api, { template, step }: { template: string; step: TemplateStep["step"] }) =>
    api.post<TemplateItem>(accountPath(account, `/templates/${encodeURIComponent(template)}`), {
      step,
      reason: step === "reject" ? t("accounts.step.reject") : "",
    }),
  );
  const act = (template: string, step: TemplateStep["step"]) =>
    decide.mutate({ template, step }, { onSuccess: () => void message.success(t("accounts.done")) });
  const stateOf = (state: string) => {
    const key = `templates.state.${state}`;
    return isTextKey(key) ? t(key) : state;
  };
  const columns: TableColumnsType<TemplateItem> = [
    { title: t("templates.title"), dataIndex: "title", width: 180 },
    { title: t("templates.fields"), render: (_, one) => one.fields.map((field) => field.label).join(" / ") },
    {
      title: t("templates.state"),
      width: 110,
      render: (_, one) => <Tag color={COLOURS[one.state] ?? "default"}>{stateOf(one.state)}</Tag>,
    },
    { title: t("broadcast.submittedAt"), width: 190, render: (_, one) => fullTime(one.made, language) },
    {
      title: "",
      width: 190,
      render: (_, one) => (
        <span className="el-accounts-acts">
          {role === "reviewer" && one.state === "submitted" && (
            <>
              <Button size="small" type="primary" data-testid={`template-approve-${one.title}`} onClick={() => act(one.template, "approve")}>
                {t("accounts.step.approve")}
              </Button>
              <Button size="small" onClick={() => act(one.template, "reject")}>
                {t("accounts.step.reject")}
              </Button>
            </>
          )}
          {operator && one.state === "approved" && (
            <Button size="small" data-testid={`template-send-${one.title}`} onClick={() => setSent(one)}>
              {t("templates.send")}
            </Button>
          )}
          {operator && (one.state === "approved" || one.state === "submitted") && (
            <Button size="small" onClick={() => act(one.template, "withdraw")}>
              {t("templates.withdraw")}
            </Button>
          )}
        </span>
      ),
    },
  ];
  return (
    <>
      {operator && (
        <div className="el-accounts-bar">
          <Button type="primary" data-testid="template-new" onClick={() => setMaking(true)}>
            {t("templates.new")}
          </Button>
          <Select
            value={null}
            placeholder={t("templates.library")}
            aria-label={t("templates.library")}
            data-testid="template-library"
            options={told.library.map((each) => ({ value: each.number, label: each.title }))}
            onChange={(number: string | null) => number !== null && adopt.mutate(number)}
          />
        </div>
      )}
      <Table
        rowKey="template"
        size="small"
        pagination={false}
        columns={columns}
        dataSource={[...told.templates]}
        locale={{ emptyText: t("templates.none") }}
        scroll={{ x: 860 }}
      />
      {making && <TemplateDialog account={account} onClose={() => setMaking(false)} />}
      {sent && <NoticeDialog account={account} template={sent} onClose={() => setSent(null)} />}
    </>
  );
}
