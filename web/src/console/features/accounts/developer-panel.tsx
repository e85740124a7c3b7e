/** An account's application: what a partner's program shows and signs with, and where it is called. */

import { App, Button, Descriptions, Form, Input, InputNumber, Modal, Select, Tag, Typography } from "antd";
import { useState } from "react";
import type { DeveloperDraft, DeveloperItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { CallbackLog } from "./callback-log";
import { QuotaTable } from "./quota-table";
import { RidLookUp } from "./rid-look-up";
import { accountPath, useAccountAction, useOfAccount } from "./use-own-accounts";

export function DeveloperPanel({ account, owner }: { account: string; owner: boolean }) {
  const { t } = useText();
  return (
    <div className="el-settings">
      {owner && <Keys account={account} />}
      <section>
        <h2>{t("developer.log")}</h2>
        <CallbackLog account={account} owner={owner} />
      </section>
      <section>
        <h2>{t("developer.rid")}</h2>
        <RidLookUp account={account} />
      </section>
      <section>
        <h2>{t("developer.quotas")}</h2>
        <QuotaTable account={account} />
      </section>
    </div>
  );
}

function Keys({ account }: { account: string }) {
  const query = useOfAccount<DeveloperItem>(account, "/developer");
  return <Loaded query={query}>{(item) => <OfApplication account={account} item={item} />}</Loaded>;
}

function OfApplication({ account, item }: { account: string; item: DeveloperItem }) {
  const { t } = useText();
  const { modal } = App.useApp();
  const [told, setTold] = useState("");
  const make = useAccountAction((api, path: string) => api.post<DeveloperItem>(accountPath(account, path)));
  const ask = (path: string) => make.mutate(path, { onSuccess: ({ secret }) => setTold(secret) });
  const askRenew = () =>
    void modal.confirm({ title: t("developer.renew"), content: t("developer.renewAsk"), onOk: () => ask("/developer/secret") });
  return (
    <>
      <section>
        <h2>{t("developer.application")}</h2>
        {item.appid ? (
          <>
            <Descriptions
              column={1}
              size="small"
              items={[
                { key: "appid", label: "AppID", children: <Typography.Text copyable>{item.appid}</Typography.Text> },
                { key: "original", label: t("developer.original"), children: item.original_id },
                {
                  key: "secret",
                  label: "AppSecret",
                  children: (
                    <Button size="small" data-testid="developer-renew" onClick={askRenew}>
                      {t("developer.renew")}
                    </Button>
                  ),
                },
              ]}
            />
          </>
        ) : (
          <>
            <p className="el-hint">{t("developer.none")}</p>
            <Button type="primary" data-testid="developer-enlist" loading={make.isPending} onClick={() => ask("/developer")}>
              {t("developer.enlist")}
            </Button>
          </>
        )}
      </section>
      {item.appid && <CallbackForm key={item.appid} account={account} item={item} />}
      {told && (
        <Modal open title={t("developer.secretOnce")} footer={<Button onClick={() => setTold("")}>{t("developer.kept")}</Button>} closable={false}>
          <Typography.Text copyable data-testid="developer-secret">
            {told}
          </Typography.Text>
        </Modal>
      )}
    </>
  );
}

function CallbackForm({ account, item }: { account: string; item: DeveloperItem }) {
  const { t } = useText();
  const { message } = App.useApp();
  const change = useAccountAction((api, draft: DeveloperDraft) => api.patch<DeveloperItem>(accountPath(account, "/developer"), draft));
  const save = (draft: DeveloperDraft) => change.mutate(draft, { onSuccess: () => void message.success(t("accounts.done")) });
  return (
    <section>
      <h2>
        {t("developer.callback")}
        {item.callback && <Tag color={item.verified ? "green" : "gold"}>{t(item.verified ? "developer.verified" : "developer.unverified")}</Tag>}
      </h2>
      <Form layout="vertical" className="el-settings-form" initialValues={item} onFinish={save}>
        <Form.Item name="callback" label={t("developer.url")}>
          <Input maxLength={2048} placeholder="https://" data-testid="developer-url" />
        </Form.Item>
        <Form.Item name="mode" label={t("developer.mode")}>
          <Select options={(["plain", "mixed", "aes"] as const).map((value) => ({ value, label: t(`developer.mode.${value}`) }))} />
        </Form.Item>
        <Form.Item name="timeout_ms" label={t("developer.timeout")}>
          <InputNumber min={100} max={30_000} step={100} />
        </Form.Item>
        <Form.Item name="token" label="Token" extra={t("developer.tokenHint")}>
          <Input maxLength={32} />
        </Form.Item>
        <Form.Item name="aes_key" label="EncodingAESKey" extra={t("developer.keyHint")}>
          <Input maxLength={43} />
        </Form.Item>
        <Form.Item name="web_hosts" label={t("developer.webHosts")}>
          <Select mode="tags" tokenSeparators={[" ", ","]} open={false} suffix={null} />
        </Form.Item>
        <Form.Item name="callers" label={t("developer.callers")} extra={t("developer.callersHint")}>
          <Select mode="tags" tokenSeparators={[" ", ","]} open={false} suffix={null} data-testid="developer-callers" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={change.isPending} data-testid="developer-save">
          {t("accounts.settings.save")}
        </Button>
      </Form>
    </section>
  );
}
