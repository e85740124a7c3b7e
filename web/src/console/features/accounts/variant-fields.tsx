/** The words of a campaign, one for each variant of a test, and the button below them. */

import { Button, Form, Input } from "antd";
import { useText } from "../../../shared/text/language";
import { MOST_VARIANTS } from "./campaign-draft";

export function VariantFields() {
  const { t } = useText();
  const rules = [{ required: true, whitespace: true, message: t("broadcast.required") }];
  const address = { pattern: /^https:\/\/[^\s/?#@\\]+/, message: t("campaigns.buttonUrlRule") };
  return (
    <>
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
              <Form.Item>
                <Button type="dashed" data-testid="campaign-variant" onClick={() => add("")}>
                  {t("campaigns.addVariant")}
                </Button>
              </Form.Item>
            )}
          </>
        )}
      </Form.List>
      <div className="el-pair">
        <Form.Item name="title" label={t("campaigns.button")} extra={t("campaigns.buttonHint")}>
          <Input maxLength={32} data-testid="campaign-button" />
        </Form.Item>
        <Form.Item name="url" label={t("campaigns.buttonUrl")} rules={[address]} dependencies={["title"]}>
          <Input maxLength={1900} placeholder="https://" data-testid="campaign-url" />
        </Form.Item>
      </div>
    </>
  );
}
