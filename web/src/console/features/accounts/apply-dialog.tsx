/** Asking for a new public account, which another person then decides on. */

import { App, Form, Input, Modal, Radio } from "antd";
import type { Application, OwnAccount } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { accountPath, useAccountAction } from "./use-own-accounts";

interface Props {
  readonly onClose: () => void;
  readonly onDone: (account: string) => void;
}

export function ApplyDialog({ onClose, onDone }: Props) {
  const { t } = useText();
  const { message } = App.useApp();
  const [form] = Form.useForm<Application>();
  const apply = useAccountAction((api, given: Application) => api.post<OwnAccount>(accountPath("").slice(0, -1), given));
  const rules = [{ required: true, whitespace: true, message: t("broadcast.required") }];
  const marked: object = { "data-testid": "apply-send" };
  const send = (given: Application) =>
    apply.mutate(given, {
      onSuccess: (made) => {
        void message.success(t("accounts.applied"));
        onDone(made.account);
      },
    });
  return (
    <Modal
      open
      title={t("accounts.apply")}
      onCancel={onClose}
      onOk={() => form.submit()}
      okButtonProps={{ loading: apply.isPending, ...marked }}
    >
      <Form form={form} layout="vertical" initialValues={{ kind: "service", description: "" }} onFinish={send}>
        <Form.Item name="account" label={t("accounts.id")} extra={t("accounts.idHint")} rules={rules}>
          <Input maxLength={33} placeholder="@" data-testid="apply-id" />
        </Form.Item>
        <Form.Item name="name" label={t("accounts.name")} rules={rules}>
          <Input maxLength={30} data-testid="apply-name" />
        </Form.Item>
        <Form.Item name="kind" label={t("accounts.kind")}>
          <Radio.Group
            options={[
              { value: "service", label: t("accounts.kind.service") },
              { value: "subscription", label: t("accounts.kind.subscription") },
            ]}
          />
        </Form.Item>
        <Form.Item name="description" label={t("accounts.description")}>
          <Input.TextArea rows={2} maxLength={120} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
