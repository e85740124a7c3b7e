/** What follows the first message: after a wait, to whom of them, by chat or SMS. */

import { Button, Form, Input, InputNumber, Select } from "antd";
import { useText } from "../../../shared/text/language";
import { CONDITIONS, NEW_STEP } from "./campaign-draft";

const MOST = 5;

export function StepFields({ service }: { service: boolean }) {
  const { t } = useText();
  const rules = [{ required: true, whitespace: true, message: t("broadcast.required") }];
  const ways = [
    { value: "chat", label: t("campaigns.via.chat") },
    { value: "sms", label: t("campaigns.via.sms"), disabled: !service },
  ];
  return (
    <Form.List name="steps">
      {(fields, { add, remove }) => (
        <Form.Item label={t("campaigns.steps")} extra={t("campaigns.stepsHint")}>
          {fields.map(({ key, name }) => (
            <div key={key} className="el-further" data-testid={`campaign-step-${name}`}>
              <Form.Item name={[name, "after_minutes"]} noStyle>
                <InputNumber className="el-wide" min={0} max={43200} prefix={t("campaigns.after")} suffix={t("campaigns.minutes")} />
              </Form.Item>
              <Form.Item name={[name, "when"]} noStyle>
                <Select options={CONDITIONS.map((value) => ({ value, label: t(`campaigns.when.${value}`) }))} />
              </Form.Item>
              <Form.Item name={[name, "via"]} noStyle>
                <Select options={ways} />
              </Form.Item>
              <Button type="link" size="small" onClick={() => remove(name)}>
                {t("menus.remove")}
              </Button>
              <Form.Item name={[name, "text"]} rules={rules} className="el-further-text">
                <Input.TextArea rows={2} maxLength={1000} placeholder={t("campaigns.stepText")} />
              </Form.Item>
            </div>
          ))}
          {fields.length < MOST && (
            <Button type="dashed" data-testid="campaign-add-step" onClick={() => add(NEW_STEP)}>
              {t("campaigns.addStep")}
            </Button>
          )}
        </Form.Item>
      )}
    </Form.List>
  );
}
