import { Button, Form, Input } from "antd";
import { useText } from "../../../shared/text/language";
import { CoverField } from "../../shared/cover-field";
import { bodyFits } from "./draft";

interface Props {
  readonly name: number;
  readonly number: number;
  readonly onRemove: (() => void) | null;
}

/** One article of a broadcast. */
export function ArticleFields({ name, number, onRemove }: Props) {
  const { t } = useText();
  const filled = { required: true, whitespace: true, message: t("broadcast.required") };
  const fits = {
    validator: (_: unknown, body: string | undefined) =>
      bodyFits(body ?? "") ? Promise.resolve() : Promise.reject(new Error(t("broadcast.tooMany"))),
  };
  return (
    <section className="el-compose-article" data-testid={`article-${number}`}>
      <header>
        {t("broadcast.articleN", { n: number })}
        {onRemove && (
          <Button type="text" size="small" onClick={onRemove}>
            {t("broadcast.removeArticle")}
          </Button>
        )}
      </header>
      <Form.Item name={[name, "title"]} label={t("broadcast.title")} rules={[filled]}>
        <Input maxLength={64} showCount data-testid="article-title" />
      </Form.Item>
      <Form.Item name={[name, "digest"]} label={t("broadcast.digest")}>
        <Input.TextArea maxLength={120} showCount autoSize={{ minRows: 2 }} data-testid="article-digest" />
      </Form.Item>
      <Form.Item name={[name, "cover"]} label={t("broadcast.cover")} extra={t("broadcast.coverHint")}>
        <CoverField />
      </Form.Item>
      <Form.Item name={[name, "body"]} label={t("broadcast.body")} rules={[filled, fits]} extra={t("broadcast.bodyHint")}>
        <Input.TextArea autoSize={{ minRows: 8 }} data-testid="article-body" />
      </Form.Item>
    </section>
  );
}
