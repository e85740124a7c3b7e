/** Send the draft as it stands to one follower. */

import { App, Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import type { DraftItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { placeOf, useAct } from "./use-articles";

interface Props {
  readonly account: string;
  readonly disabled: boolean;
  readonly save: () => Promise<DraftItem>;
}

export function PreviewButton({ account, disabled, save }: Props) {
  const { t } = useText();
  const { message } = App.useApp();
  const [open, setOpen] = useState(false);
  const send = useAct((api, { draft, customer }: { draft: string; customer: string }) =>
    api.post(placeOf(account, `/article-drafts/${encodeURIComponent(draft)}/preview`), { customer }),
  );
  const finish = ({ customer }: { customer: string }) =>
    save()
      .then(({ draft }) => send.mutateAsync({ draft, customer: customer.trim() }))
      .then(() => {
        setOpen(false);
        void message.success(t("articles.previewed"));
      })
      .catch(() => undefined);
  return (
    <>
      <Button disabled={disabled} data-testid="article-preview" onClick={() => setOpen(true)}>
        {t("articles.preview")}
      </Button>
      <Modal open={open} title={t("articles.preview")} footer={null} onCancel={() => setOpen(false)} destroyOnHidden>
        <Form layout="vertical" onFinish={finish}>
          <Form.Item
            name="customer"
            label={t("articles.previewTo")}
            extra={t("articles.previewHint")}
            rules={[{ required: true, whitespace: true, message: t("broadcast.required") }]}
          >
            <Input maxLength={64} autoFocus data-testid="preview-customer" />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={send.isPending} data-testid="preview-send">
            {t("articles.preview")}
          </Button>
        </Form>
      </Modal>
    </>
  );
}
