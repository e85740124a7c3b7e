/** A template of one's own, and a notice filled in for one customer. */

import { App, Button, Form, Input, Modal, Select } from "antd";
import { useState } from "react";
import type { FieldItem, NoticeDraft, NoticeItem, TemplateDraft, TemplateItem } from "@shared/wire/generated";
import { newId } from "../../../shared/session/browser";
import { useText } from "../../../shared/text/language";
import { accountPath, useAccountAction } from "./use-own-accounts";

const KINDS = ["text", "number", "amount", "date", "time", "code", "phone"] as const;
const MOST_FIELDS = 10;

export function TemplateDialog({ account, onClose }: { account: string; onClose: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ title: string; fields: readonly Omit<FieldItem, "key">[] }>();
  const submit = useAccountAction((api, draft: TemplateDraft) => api.post<TemplateItem>(accountPath(account, "/templates"), draft));
  const rules = [{ required: true, whitespace: true, message: t("broadcast.required") }];
  const marked: object = { "data-testid": "template-submit" };
  return (
    <Modal
      open
      title={t("templates.new")}
      okText={t("templates.submit")}
      okButtonProps={{ loading: submit.isPending, ...marked }}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ title: "", fields: [{ label: "", kind: "text" }] }}
        onFinish={({ title, fields }) =>
          submit.mutate(
            { title: title.trim(), fields: fields.map((field, index) => ({ ...field, key: `keyword${index + 1}` })) },
            {
              onSuccess: () => {
                void message.success(t("accounts.done"));
                onClose();
              },
            },
          )
        }
      >
        <Form.Item name="title" label={t("templates.title")} rules={rules}>
          <Input maxLength={20} data-testid="template-title" />
        </Form.Item>
        <Form.List name="fields">
          {(fields, { add, remove }) => (
            <>
              {fields.map(({ key, name }) => (
                <div key={key} className="el-rule">
                  <Form.Item name={[name, "label"]} rules={rules} noStyle>
                    <Input maxLength={10} placeholder={t("templates.label")} data-testid={`template-label-${name}`} />
                  </Form.Item>
                  <Form.Item name={[name, "kind"]} noStyle>
                    <Select
                      aria-label={t("templates.kind")}
                      options={KINDS.map((kind) => ({ value: kind, label: t(`templates.kind.${kind}`) }))}
                    />
                  </Form.Item>
                  <Button disabled={fields.length < 2} onClick={() => remove(name)}>
                    {t("menus.remove")}
                  </Button>
                </div>
              ))}
              {fields.length < MOST_FIELDS && (
                <Button type="dashed" data-testid="template-field-add" onClick={() => add({ label: "", kind: "text" })}>
                  {t("templates.fields")} +
                </Button>
              )}
            </>
          )}
        </Form.List>
      </Form>
    </Modal>
  );
}

interface NoticeProps {
  readonly account: string;
  readonly template: TemplateItem;
  readonly onClose: () => void;
}

export function NoticeDialog({ account, template, onClose }: NoticeProps) {
  const { t } = useText();
  const { message } = App.useApp();
  const [key] = useState(newId); // the same press twice is one notice
  const [form] = Form.useForm<{ customer: string; data: Record<string, string>; url: string }>();
  const send = useAccountAction((api, draft: NoticeDraft) => api.post<NoticeItem>(accountPath(account, "/notices"), draft));
  const rules = [{ required: true, whitespace: true, message: t("broadcast.required") }];
  const marked: object = { "data-testid": "notice-send" };
  return (
    <Modal open title={template.title} okText={t("templates.send")} okButtonProps={{ loading: send.isPending, ...marked }} onCancel={onClose} onOk={() => form.submit()}>
      <Form
        form={form}
        layout="vertical"
        initialValues={{ url: "" }}
        onFinish={({ customer, data, url }) =>
          send.mutate(
            { template: template.template, customer: customer.trim(), data, url, key },
            {
              onSuccess: () => {
                void message.success(t("templates.sent"));
                onClose();
              },
            },
          )
        }
      >
        <Form.Item name="customer" label={t("templates.customer")} rules={rules}>
          <Input data-testid="notice-customer" />
        </Form.Item>
        {template.fields.map((field) => (
          <Form.Item key={field.key} name={["data", field.key]} label={`${field.label}（${t(`templates.kind.${field.kind}`)}）`} rules={rules}>
            <Input data-testid={`notice-${field.key}`} />
          </Form.Item>
        ))}
        <Form.Item name="url" label={t("templates.url")}>
          <Input data-testid="notice-url" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
