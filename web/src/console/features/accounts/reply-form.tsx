/** What an account says by itself: on being followed, to a keyword, to a first message. */

import { App, Button, Checkbox, Form, Input } from "antd";
import type { ConductItem, Replies } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { accountPath, useAccountAction, useOfAccount } from "./use-own-accounts";

interface Rule {
  readonly words: string;
  readonly reply: string;
  readonly exact: boolean;
}

interface Filled {
  readonly welcome: string;
  readonly first: string;
  readonly otherwise: string;
  readonly keywords: readonly Rule[];
}

const MOST = 600;
const NEW_RULE: Rule = { words: "", reply: "", exact: false };

function filledOf({ welcome = "", first = "", otherwise = "", keywords = [] }: Replies): Filled {
  const rules = keywords.map(({ words, reply, exact = false }) => ({ words: words.join(" "), reply, exact }));
  return { welcome, first, otherwise, keywords: rules };
}

function repliesOf({ keywords, ...texts }: Filled): Replies {
  const rules = keywords.map(({ words, reply, exact }) => ({ words: words.split(/\s+/u).filter(Boolean), reply, exact }));
  return { ...texts, keywords: rules };
}

export function ReplyForm({ account }: { account: string }) {
  const query = useOfAccount<ConductItem>(account, "/conduct");
  return <Loaded query={query}>{({ replies }) => <Edited account={account} replies={replies} />}</Loaded>;
}

function Edited({ account, replies }: { account: string; replies: Replies }) {
  const { t } = useText();
  const { message } = App.useApp();
  const save = useAccountAction((api, given: Replies) => api.put<ConductItem>(accountPath(account, "/replies"), given), () => void message.success(t("replies.saved")));
  const rules = [{ required: true, whitespace: true, message: t("broadcast.required") }];
  const area = (name: "welcome" | "first" | "otherwise", extra = "") => (
    <Form.Item name={name} label={t(`replies.${name}`)} extra={extra || undefined}>
      <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={MOST} data-testid={`replies-${name}`} />
    </Form.Item>
  );
  return (
    <Form
      layout="vertical"
      initialValues={filledOf(replies)}
      onFinish={(filled: Filled) =>
        save.mutate(repliesOf(filled))
      }
    >
      {area("welcome")}
      <h3>{t("replies.keywords")}</h3>
      <Form.List name="keywords">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key} className="el-rule">
                <Form.Item name={[name, "words"]} rules={rules} noStyle>
                  <Input placeholder={t("replies.words")} data-testid={`rule-words-${name}`} />
                </Form.Item>
                <Form.Item name={[name, "reply"]} rules={rules} noStyle>
                  <Input.TextArea autoSize maxLength={MOST} placeholder={t("replies.reply")} data-testid={`rule-reply-${name}`} />
                </Form.Item>
                <Form.Item name={[name, "exact"]} valuePropName="checked" noStyle>
                  <Checkbox>{t("replies.exact")}</Checkbox>
                </Form.Item>
                <Button onClick={() => remove(name)}>{t("menus.remove")}</Button>
              </div>
            ))}
            <Button type="dashed" data-testid="rule-add" onClick={() => add(NEW_RULE)}>
              {t("replies.add")}
            </Button>
          </>
        )}
      </Form.List>
      <br />
      {area("first")}
      {area("otherwise", t("replies.otherwiseHint"))}
      <Button type="primary" htmlType="submit" loading={save.isPending} data-testid="replies-save">
        {t("replies.save")}
      </Button>
    </Form>
  );
}
