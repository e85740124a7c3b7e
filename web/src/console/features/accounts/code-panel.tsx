/** QR codes with a scene: where somebody who follows came from. */

import { QRCodeSVG } from "@rc-component/qrcode";
import { App, Button, Form, Input, Select } from "antd";
import { useState } from "react";
import type { CodeDraft, CodeItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { accountPath, useAccountAction } from "./use-own-accounts";

const DAY_S = 86_400;
const DAYS = [1, 7, 30];

export function CodePanel({ account }: { account: string }) {
  const { t } = useText();
  const { message } = App.useApp();
  const [made, setMade] = useState<CodeItem | null>(null);
  const make = useAccountAction((api, draft: CodeDraft) => api.post<CodeItem>(accountPath(account, "/codes"), draft));
  const address = made ? `${location.origin}${made.path}` : "";
  const copy = () => navigator.clipboard.writeText(address).then(() => void message.success(t("codes.copied")));
  return (
    <div className="el-code">
      <Form layout="vertical" initialValues={{ scene: "", expires: 0 }} onFinish={(draft: CodeDraft) => make.mutate(draft, { onSuccess: setMade })}>
        <Form.Item name="scene" label={t("codes.scene")} extra={t("codes.sceneHint")} rules={[{ required: true, message: t("broadcast.required") }]}>
          <Input maxLength={64} data-testid="code-scene" />
        </Form.Item>
        <Form.Item name="expires" label={t("codes.life")}>
          <Select
            options={[
              { value: 0, label: t("codes.forever") },
              ...DAYS.map((count) => ({ value: count * DAY_S, label: t("codes.days", { count }) })),
            ]}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={make.isPending} data-testid="code-make">
          {t("codes.make")}
        </Button>
      </Form>
      {made && (
        <figure data-testid="code-qr" data-address={address}>
          <QRCodeSVG value={address} size={220} level="M" marginSize={4} title={made.scene} />
          <figcaption>{made.scene}</figcaption>
          <Button size="small" onClick={() => void copy()}>
            {t("codes.copy")}
          </Button>
        </figure>
      )}
    </div>
  );
}
