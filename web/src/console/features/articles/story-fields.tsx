/** One article: what it is called, what it says, what goes with it. */

import { App, Button, Form, Input, Select, Upload } from "antd";
import type { AttachmentItem } from "@shared/wire/generated";
import { sizeText } from "../../../shared/media/size";
import { useText } from "../../../shared/text/language";
import { CoverField } from "../../shared/cover-field";
import { RichEditor } from "./rich-editor";
import { MOST_FILES, RULES, type Story } from "./story";
import { placeOf, useAct } from "./use-articles";

interface Props {
  readonly account: string;
  readonly story: Story;
  readonly onChange: (change: Partial<Story>) => void;
}

export function StoryFields({ account, story, onChange }: Props) {
  const { t } = useText();
  return (
    <Form layout="vertical" component="div" className="el-compose-article">
      <Form.Item label={t("broadcast.title")} required>
        <Input
          value={story.title}
          maxLength={64}
          showCount
          data-testid="article-title"
          onChange={(event) => onChange({ title: event.target.value })}
        />
      </Form.Item>
      <Form.Item label={t("articles.body")}>
        <RichEditor html={story.html} onChange={(html) => onChange({ html })} />
      </Form.Item>
      <Form.Item label={t("broadcast.cover")} extra={t("broadcast.coverHint")}>
        <CoverField value={story.cover} onChange={(cover) => onChange({ cover })} />
      </Form.Item>
      <div className="el-articles-pair">
        <Form.Item label={t("articles.author")}>
          <Input value={story.author} maxLength={32} data-testid="article-author" onChange={(event) => onChange({ author: event.target.value })} />
        </Form.Item>
        <Form.Item label={t("articles.comments")}>
          <Select
            value={story.comments}
            data-testid="article-comments"
            options={RULES.map((rule) => ({ value: rule, label: t(`articles.comments.${rule}`) }))}
            onChange={(comments: Story["comments"]) => onChange({ comments })}
          />
        </Form.Item>
      </div>
      <Form.Item label={t("broadcast.digest")} extra={t("articles.digestHint")}>
        <Input.TextArea
          value={story.digest}
          maxLength={120}
          showCount
          autoSize={{ minRows: 2 }}
          data-testid="article-digest"
          onChange={(event) => onChange({ digest: event.target.value })}
        />
      </Form.Item>
      <Form.Item label={t("articles.source")} extra={t("articles.sourceHint")}>
        <Input value={story.source} maxLength={1024} onChange={(event) => onChange({ source: event.target.value })} />
      </Form.Item>
      <Form.Item label={t("articles.files")}>
        <Files account={account} files={story.attachments} onChange={(attachments) => onChange({ attachments })} />
      </Form.Item>
    </Form>
  );
}

interface FilesProps {
  readonly account: string;
  readonly files: readonly AttachmentItem[];
  readonly onChange: (files: readonly AttachmentItem[]) => void;
}

function Files({ account, files, onChange }: FilesProps) {
  const { t } = useText();
  const { message } = App.useApp();
  const upload = useAct((api, file: File) =>
    api.upload<AttachmentItem>(placeOf(account, `/attachments?name=${encodeURIComponent(file.name)}`), file),
  );
  const take = (file: File) => {
    upload.mutate(file, {
      onSuccess: (made) => {
        if (!files.some((each) => each.media === made.media)) onChange([...files, made]);
        void message.success(t("articles.saved"));
      },
    });
    return false;
  };
  return (
    <>
      {files.map((file) => (
        <div key={file.media} className="el-articles-file">
          <span>{`${file.name} · ${sizeText(file.size)}`}</span>
          <Button size="small" type="text" onClick={() => onChange(files.filter((each) => each.media !== file.media))}>
            {t("articles.delete")}
          </Button>
        </div>
      ))}
      {files.length < MOST_FILES && (
        <Upload showUploadList={false} beforeUpload={take}>
          <Button size="small" loading={upload.isPending}>
            {t("articles.addFile")}
          </Button>
        </Upload>
      )}
    </>
  );
}
