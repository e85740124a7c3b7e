/** Planning a campaign: for whom, with which words; how many that is stands beside it. */

import { App, Button, Checkbox, Form, Input, InputNumber, Modal, Select } from "antd";
import type { AudienceDraft, AudienceSize, CampaignDraft, CampaignItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { accountPath, useAccountAction, useTags } from "./use-own-accounts";

interface Filled {
  readonly name: string;
  readonly tags: readonly number[];
  readonly without: readonly number[];
  readonly texts: readonly string[];
  readonly hold_out: number;
  readonly service: boolean;
}

const MOST_VARIANTS = 5;
const SMALLEST = 20;

const audienceOf = ({ tags = [], without = [] }: Partial<Filled>): AudienceDraft => ({
  tags,
  without,
  languages: [],
  branches: [],
  customers: [],
});

export function CampaignDialog({ account, onClose }: { account: string; onClose: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const tags = useTags(account).data ?? [];
  const [form] = Form.useForm<Filled>();
  const size = useAccountAction((api, audience: AudienceDraft) => api.post<AudienceSize>(accountPath(account, "/audience"), audience));
  const submit = useAccountAction((api, draft: CampaignDraft) => api.post<CampaignItem>(accountPath(account, "/campaigns"), draft));
  const choices = tags.map((each) => ({ value: each.tag, label: each.name }));
  const rules = [{ required: true, whitespace: true, message: t("broadcast.required") }];
  const marked: object = { "data-testid": "campaign-submit" };
  const count = size.data?.count;
  const send = (filled: Filled) =>
    submit.mutate(
      {
        name: filled.name.trim(),
        audience: audienceOf(filled),
        texts: filled.texts,
        hold_out: filled.hold_out,
        service: filled.service,
        at: 0,
      },
      {
        onSuccess: () => {
          void message.success(t("broadcast.submitted"));
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      title={t("campaigns.new")}
      okText={t("templates.submit")}
      okButtonProps={{ loading: submit.isPending, disabled: count !== undefined && count < SMALLEST, ...marked }}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ name: "", tags: [], without: [], texts: [""], hold_out: 0, service: false }}
        onFinish={send}
      >
        <Form.Item name="name" label={t("campaigns.name")} rules={rules}>
          <Input maxLength={64} data-testid="campaign-name" />
        </Form.Item>
        <Form.Item name="tags" label={t("campaigns.tags")} extra={t("campaigns.tagsHint")}>
          <Select mode="multiple" options={choices} />
        </Form.Item>
        <Form.Item name="without" label={t("campaigns.without")}>
          <Select mode="multiple" options={choices} />
        </Form.Item>
        <div className="el-accounts-bar">
          <Button data-testid="campaign-estimate" loading={size.isPending} onClick={() => size.mutate(audienceOf(form.getFieldsValue()))}>
            {t("campaigns.estimate")}
          </Button>
          {count !== undefined && (
            <span className="el-hint" data-testid="campaign-count">
              {t(count < SMALLEST ? "campaigns.tooFew" : "campaigns.count", { count })}
            </span>
          )}
        </div>
        <Form.List name="texts">
          {(fields, { add, remove }) => (
            <>
              {fields.map(({ key, name }) => (
                <Form.Item
                  key={key}
                  name={name}
                  label={
                    <>
                      {t("campaigns.variant", { number: name + 1 })}
                      {fields.length > 1 && (
                        <Button type="link" size="small" onClick={() => remove(name)}>
                          {t("menus.remove")}
                        </Button>
                      )}
                    </>
                  }
                  rules={rules}
                >
                  <Input.TextArea rows={2} maxLength={1000} data-testid={`campaign-text-${name}`} />
                </Form.Item>
              ))}
              {fields.length < MOST_VARIANTS && (
                <Button type="dashed" data-testid="campaign-variant" onClick={() => add("")}>
                  {t("campaigns.addVariant")}
                </Button>
              )}
            </>
          )}
        </Form.List>
        <Form.Item name="hold_out" label={t("campaigns.holdOut")}>
          <InputNumber min={0} max={50} />
        </Form.Item>
        <Form.Item name="service" valuePropName="checked" extra={t("campaigns.serviceHint")}>
          <Checkbox data-testid="campaign-service">{t("campaigns.service")}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
