/** Public accounts: their standing above, and below what their operator sets up. */

import { Button, Select, Tabs } from "antd";
import { useState, type ReactNode } from "react";
import type { OwnAccount } from "@shared/wire/generated";
import { useMe } from "../../../shared/session/use-me";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { ApplyDialog } from "./apply-dialog";
import { CampaignPanel } from "./campaign-panel";
import { CodePanel } from "./code-panel";
import { DeveloperPanel } from "./developer-panel";
import { FollowerPanel } from "./follower-panel";
import { MenuPanel } from "./menu-panel";
import { ReplyForm } from "./reply-form";
import { SettingsPanel } from "./settings-panel";
import { Standing } from "./standing";
import { TemplatePanel } from "./template-panel";
import { useOwnAccounts } from "./use-own-accounts";
import "./accounts.css";

export function AccountScreen() {
  const { t } = useText();
  const query = useOwnAccounts();
  const role = useMe().data?.role ?? "";
  const [chosen, setChosen] = useState("");
  const [applying, setApplying] = useState(false);
  return (
    <div className="el-screen">
      <Loaded query={query}>
        {(accounts) => {
          const account = accounts.find((each) => each.account === chosen) ?? accounts[0];
          return (
            <>
              <div className="el-screen-head">
                <h1>{t("console.accounts")}</h1>
                <span className="el-accounts-head">
                  <Select
                    value={account?.account ?? ""}
                    aria-label={t("accounts.choose")}
                    data-testid="account-choice"
                    options={accounts.map((each) => ({ value: each.account, label: each.name }))}
                    onChange={setChosen}
                  />
                  {role === "operator" && (
                    <Button data-testid="account-apply" onClick={() => setApplying(true)}>
                      {t("accounts.apply")}
                    </Button>
                  )}
                </span>
              </div>
              {account && <OfAccount key={account.account} account={account} role={role} />}
              {applying && (
                <ApplyDialog
                  onClose={() => setApplying(false)}
                  onDone={(made) => {
                    setApplying(false);
                    setChosen(made);
                  }}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

type Tab = "followers" | "menu" | "replies" | "codes" | "templates" | "campaigns" | "settings" | "developer";

function OfAccount({ account, role }: { account: OwnAccount; role: string }) {
  const { t } = useText();
  const operator = role === "operator";
  const me = useMe().data?.user;
  const id = account.account;
  const owner = role === "administrator" || account.staff.some((each) => each.user === me && each.role === "owner");
  const tab = (key: Tab, children: ReactNode) => ({
    key,
    label: <span data-testid={`account-tab-${key}`}>{t(`accounts.tab.${key}`)}</span>,
    children,
  });
  const tabs = operator
    ? [
        tab("followers", <FollowerPanel account={id} />),
        tab("menu", <MenuPanel account={id} name={account.name} />),
        tab("replies", <ReplyForm account={id} />),
        tab("codes", <CodePanel account={id} />),
        tab("templates", <TemplatePanel account={id} role={role} />),
        tab("campaigns", <CampaignPanel account={id} role={role} />),
      ]
    : [
        tab("templates", <TemplatePanel account={id} role={role} />),
        tab("campaigns", <CampaignPanel account={id} role={role} />),
      ];
  if (owner) tabs.push(tab("settings", <SettingsPanel key={JSON.stringify(account)} account={account} role={role} />));
  if (account.capabilities.includes("api")) tabs.push(tab("developer", <DeveloperPanel account={id} owner={owner} />));
  return (
    <>
      <Standing account={account} role={role} />
      <div className="el-sheet el-accounts">
        {account.state === "active" ? <Tabs items={tabs} destroyOnHidden /> : <p className="el-hint">{t("accounts.notActive")}</p>}
      </div>
    </>
  );
}
