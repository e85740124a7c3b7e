/** How an account stands, and what this person may decide about that. */

import { App, Button, Input, Modal, Tag } from "antd";
import { useState } from "react";
import type { OwnAccount, StandingStep } from "@shared/wire/generated";
import { isTextKey, useText } from "../../../shared/text/language";
import { TrustBadge } from "../../../shared/ui/trust-badge";
import { accountPath, useAccountAction } from "./use-own-accounts";

type Step = StandingStep["step"];

const COLOURS: Readonly<Record<string, string>> = { active: "green", applied: "gold", suspended: "red" };
const WITH_REASON: readonly Step[] = ["reject", "suspend"];

function stepsFor(role: string, account: OwnAccount): readonly Step[] {
  if (role === "reviewer") return account.state === "applied" ? ["approve", "reject"] : [];
  if (role !== "administrator") return [];
  if (account.state === "suspended") return ["resume"];
  return account.state === "active" ? [account.verified ? "unverify" : "verify", "suspend"] : [];
}

export function Standing({ account, role }: { account: OwnAccount; role: string }) {
  const { t } = useText();
  const { message } = App.useApp();
  const [asked, setAsked] = useState<Step | null>(null);
  const [reason, setReason] = useState("");
  const decide = useAccountAction((api, step: StandingStep) =>
    api.post<OwnAccount>(accountPath(account.account, "/standing"), step),
  );
  const run = (step: Step, why = "") =>
    decide.mutate(
      { step, reason: why },
      {
        onSuccess: () => {
          setAsked(null);
          void message.success(t("accounts.done"));
        },
      },
    );
  const state = `accounts.state.${account.state}`;
  const kind = `accounts.kind.${account.kind}`;
  return (
    <div className="el-sheet el-standing" data-testid="account-standing">
      <strong>
        {account.name}
        <TrustBadge badge={account.verified ? "verified" : ""} />
      </strong>
      <Tag>{isTextKey(kind) ? t(kind) : account.kind}</Tag>
      <Tag color={COLOURS[account.state] ?? "default"} data-testid="account-state">
        {isTextKey(state) ? t(state) : account.state}
      </Tag>
      <span className="el-hint">{`${account.account} · ${t("accounts.followersN", { count: account.followers })}`}</span>
      {account.reason && <span className="el-hint">{`${t("accounts.reason")}：${account.reason}`}</span>}
      <span className="el-accounts-acts">
        {stepsFor(role, account).map((step) => (
          <Button
            key={step}
            size="small"
            data-testid={`account-${step}`}
            loading={decide.isPending}
            onClick={() => (WITH_REASON.includes(step) ? setAsked(step) : run(step))}
          >
            {t(`accounts.step.${step}`)}
          </Button>
        ))}
      </span>
      {asked && (
        <Modal
          open
          title={t(`accounts.step.${asked}`)}
          onCancel={() => setAsked(null)}
          okButtonProps={{ disabled: !reason.trim(), loading: decide.isPending }}
          onOk={() => run(asked, reason.trim())}
        >
          <Input
            value={reason}
            maxLength={200}
            placeholder={t("accounts.reason")}
            data-testid="account-reason"
            onChange={(event) => setReason(event.target.value)}
          />
        </Modal>
      )}
    </div>
  );
}
