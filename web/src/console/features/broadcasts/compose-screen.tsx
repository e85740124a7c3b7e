/** Writing a broadcast, with the phone beside it. Submitting sends nothing: a reviewer does. */

import { App, Button, Form, Select } from "antd";
import { useNavigate } from "react-router";
import { BroadcastPreview } from "../../shared/broadcast-preview";
import { useAccounts } from "../../../shared/http/use-accounts";
import { useSubmitBroadcast } from "../../shared/use-broadcasts";
import { useText } from "../../../shared/text/language";
import { ArticleFields } from "./article-fields";
import { draftOf, MOST_ARTICLES, NEW_ARTICLE, type BroadcastForm } from "./draft";

export function ComposeScreen() {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const submit = useSubmitBroadcast();
  const accounts = useAccounts().data ?? [];
  const [form] = Form.useForm<BroadcastForm>();
  const values = Form.useWatch([], form) as BroadcastForm | undefined;
  const account = values?.account ?? accounts[0]?.account ?? "";
  const accountName = accounts.find((each) => each.account === account)?.name ?? "";
  const finish = (filled: BroadcastForm) =>
    submit.mutate(draftOf({ ...filled, account: filled.account ?? account }), {
      onSuccess: () => {
        void message.success(t("broadcast.submitted"));
        void navigate("/broadcasts");
      },
      onError: (error) => void message.error(errorText(error)),
    });
  return (
    <div className="el-screen">
      <div className="el-screen-head">
        <h1>{t("broadcast.new")}</h1>
        <Button onClick={() => void navigate("/broadcasts")}>{t("app.back")}</Button>
      </div>
      <div className="el-compose">
        <Form form={form} layout="vertical" initialValues={{ articles: [NEW_ARTICLE] }} onFinish={finish}>
          <Form.Item label={t("broadcast.account")} name="account">
            <Select
              placeholder={accountName}
              options={accounts.map((each) => ({ value: each.account, label: each.name }))}
            />
          </Form.Item>
          <Form.List name="articles">
            {(fields, { add, remove }) => (
              <>
                {fields.map((field, index) => (
                  <ArticleFields
                    key={field.key}
                    name={field.name}
                    number={index + 1}
                    onRemove={fields.length > 1 ? () => remove(field.name) : null}
                  />
                ))}
                {fields.length < MOST_ARTICLES && (
                  <Form.Item>
                    <Button block type="dashed" onClick={() => add(NEW_ARTICLE)} data-testid="article-add">
                      {t("broadcast.addArticle")}
                    </Button>
                  </Form.Item>
                )}
              </>
            )}
          </Form.List>
          <Button type="primary" size="large" htmlType="submit" loading={submit.isPending} data-testid="broadcast-submit">
            {t("broadcast.submit")}
          </Button>
        </Form>
        <BroadcastPreview accountName={accountName} articles={draftOf({ ...values, account }).articles} />
      </div>
    </div>
  );
}
