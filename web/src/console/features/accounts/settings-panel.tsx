/** An account's name, staff, bot and capabilities: for its owner, and for administrators. */

import { App, Button, Checkbox, Form, Input, Select, Space } from "antd";
import type { AccountChange, OwnAccount, Withheld } from "@shared/wire/generated";
import { isTextKey, useText } from "../../../shared/text/language";
import { accountPath, useAccountAction } from "./use-own-accounts";

type Capability = Withheld["withheld"][number];

const CAPABILITIES: readonly Capability[] = ["broadcast", "menu", "replies", "tags", "bot", "codes", "templates", "api"];
const BOTS = ["", "bank", "partner"] as const;

export function SettingsPanel({ account, role }: { account: OwnAccount; role: string }) {
  const { t } = useText();
  const { message } = App.useApp();
  const told = () => void message.success(t("accounts.done"));
  const change = useAccountAction((api, draft: AccountChange) => api.patch<OwnAccount>(accountPath(account.account), draft), told);
  const withhold = useAccountAction((api, withheld: Withheld) => api.put<OwnAccount>(accountPath(account.account, "/withheld"), withheld), told);
  const bots = BOTS.some((each) => each === account.bot) ? BOTS : [...BOTS, account.bot];
  const botName = (bot: string) => {
    const key = `accounts.settings.bot.${bot || "none"}`;
    return isTextKey(key) ? t(key) : bot;
  };
  return (
    <div className="el-settings">
      <section>
        <h2>{t("accounts.settings.about")}</h2>
        <Form layout="vertical" initialValues={account} onFinish={({ name, description }: AccountChange) => change.mutate({ name, description })}>
          <Form.Item name="name" label={t("accounts.name")} rules={[{ required: true, message: t("broadcast.required") }]}>
            <Input maxLength={64} data-testid="settings-name" />
          </Form.Item>
          <Form.Item name="description" label={t("accounts.description")}>
            <Input.TextArea maxLength={200} rows={2} />
          </Form.Item>
          <Button htmlType="submit" loading={change.isPending} data-testid="settings-save">
            {t("accounts.settings.save")}
          </Button>
        </Form>
      </section>
      <section>
        <h2>{t("accounts.settings.bot")}</h2>
        <p className="el-hint">{t("accounts.settings.botHint")}</p>
        <Select
          value={account.bot}
          style={{ width: 280 }}
          aria-label={t("accounts.settings.bot")}
          data-testid="settings-bot"
          options={bots.map((bot) => ({ value: bot, label: botName(bot) }))}
          onChange={(bot: string) => change.mutate({ bot })}
        />
      </section>
      <section>
        <h2>{t("accounts.settings.staff")}</h2>
        <p className="el-hint">{t("accounts.settings.staffHint")}</p>
        <Form layout="vertical" initialValues={{ staff: account.staff }} onFinish={({ staff }: AccountChange) => change.mutate({ staff: staff ?? [] })}>
          <Form.List name="staff">
            {(fields, { add, remove }) => (
              <>
                {fields.map(({ key, name }) => (
                  <Space key={key} align="baseline">
                    <Form.Item name={[name, "user"]} rules={[{ required: true, message: t("broadcast.required") }]}>
                      <Input placeholder={t("accounts.settings.user")} aria-label={t("accounts.settings.user")} data-testid={`settings-staff-${name}`} />
                    </Form.Item>
                    <Form.Item name={[name, "role"]}>
                      <Select
                        style={{ width: 130 }}
                        aria-label={t("accounts.settings.role")}
                        options={(["owner", "editor"] as const).map((value) => ({ value, label: t(`accounts.settings.role.${value}`) }))}
                      />
                    </Form.Item>
                    <Button type="link" onClick={() => remove(name)}>
                      {t("accounts.settings.remove")}
                    </Button>
                  </Space>
                ))}
                <Space>
                  <Button data-testid="settings-staff-add" onClick={() => add({ user: "", role: fields.length ? "editor" : "owner" })}>
                    {t("accounts.settings.add")}
                  </Button>
                  <Button htmlType="submit" loading={change.isPending} data-testid="settings-staff-save">
                    {t("accounts.settings.save")}
                  </Button>
                </Space>
              </>
            )}
          </Form.List>
        </Form>
      </section>
      <section>
        <h2>{t("accounts.settings.capabilities")}</h2>
        <Checkbox.Group
          value={[...account.capabilities]}
          disabled={role !== "administrator"}
          options={CAPABILITIES.map((value) => ({ value, label: t(`accounts.settings.can.${value}`) }))}
          onChange={(granted) => withhold.mutate({ withheld: CAPABILITIES.filter((each) => !granted.includes(each)) })}
        />
        {role !== "administrator" && <p className="el-hint">{t("accounts.settings.capabilitiesHint")}</p>}
      </section>
    </div>
  );
}
