/** Planning a campaign: for whom, with which words, when; how many that is stands beside it. */

import { App, Checkbox, Form, Input, InputNumber, Modal } from "antd";
import type { CampaignDraft, CampaignItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { AudienceFields } from "./audience-fields";
import { AudienceCount, useAudienceSize } from "./audience-size";
import { audienceOf, draftOf, NEW_CAMPAIGN, SMALLEST, type CampaignForm } from "./campaign-draft";
import { StepFields } from "./step-fields";
import { TimeField } from "./time-field";
import { accountPath, useAccountAction } from "./use-own-accounts";
import { VariantFields } from "./variant-fields";

export function CampaignDialog({ account, onClose }: { account: string; onClose: () => void }) {
  const { t } = useText();
  const { message } = App.useApp();
  const [form] = Form.useForm<CampaignForm>();
  const filled = (Form.useWatch([], form) as CampaignForm | undefined) ?? NEW_CAMPAIGN;
  const count = useAudienceSize(account, audienceOf(filled));
  const submit = useAccountAction((api, draft: CampaignDraft) => api.post<CampaignItem>(accountPath(account, "/campaigns"), draft));
  const over = filled.over_minutes ?? 0;
  const pace = over > 0 && count !== undefined ? t("campaigns.pace", { count: Math.ceil(count / over) }) : t("campaigns.overHint");
  const rules = [{ required: true, whitespace: true, message: t("broadcast.required") }];
  const marked: object = { "data-testid": "campaign-submit" };
  const send = (done: CampaignForm) =>
    submit.mutate(draftOf(done), {
      onSuccess: () => {
        void message.success(t("broadcast.submitted"));
        onClose();
      },
    });
  return (
    <Modal
      open
      width={720}
      title={t("campaigns.new")}
      okText={t("templates.submit")}
      okButtonProps={{ loading: submit.isPending, disabled: count === undefined || count < SMALLEST, ...marked }}
      onCancel={onClose}
      onOk={() => form.submit()}
    >
      <Form form={form} layout="vertical" initialValues={NEW_CAMPAIGN} onFinish={send}>
        <Form.Item name="name" label={t("campaigns.name")} rules={rules}>
          <Input maxLength={64} data-testid="campaign-name" />
        </Form.Item>
        <AudienceFields account={account} />
        <AudienceCount count={count} />
        <VariantFields />
        <div className="el-pair">
          <Form.Item name="at" label={t("campaigns.at")} extra={t("campaigns.atHint")}>
            <TimeField placeholder={t("campaigns.atOnce")} testId="campaign-at" />
          </Form.Item>
          <Form.Item name="over_minutes" label={t("campaigns.over")} extra={pace}>
            <InputNumber min={0} max={10080} placeholder="0" suffix={t("campaigns.minutes")} />
          </Form.Item>
          <Form.Item name="hold_out" label={t("campaigns.holdOut")}>
            <InputNumber min={0} max={50} />
          </Form.Item>
          <Form.Item name="window_days" label={t("campaigns.windowDays")}>
            <InputNumber min={0} max={30} />
          </Form.Item>
        </div>
        <Form.Item name="service" valuePropName="checked" extra={t("campaigns.serviceHint")}>
          <Checkbox data-testid="campaign-service">{t("campaigns.service")}</Checkbox>
        </Form.Item>
        <StepFields service={filled.service ?? false} />
      </Form>
    </Modal>
  );
}
