/** The buttons over the text: what is pressed in is how the words at the cursor are. */

import {
  BoldOutlined,
  ItalicOutlined,
  LineOutlined,
  LinkOutlined,
  OrderedListOutlined,
  PictureOutlined,
  RedoOutlined,
  UnderlineOutlined,
  UndoOutlined,
  UnorderedListOutlined,
} from "@ant-design/icons";
import { useEditorState, type ChainedCommands, type Editor } from "@tiptap/react";
import { App, Button, Input, Modal, Tooltip, Upload } from "antd";
import { useState, type ReactNode } from "react";
import type { MediaStored } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import type { TextKey } from "../../../shared/text/zh-CN";
import { useAct } from "./use-articles";

const LARGEST = 2 * 1024 * 1024;

interface Tool {
  readonly name: TextKey;
  readonly icon: ReactNode;
  readonly run: (chain: ChainedCommands) => ChainedCommands;
  readonly mark?: readonly [string, Record<string, unknown>?];
}

const TOOLS: readonly Tool[] = [
  { name: "articles.heading", icon: "H1", run: (chain) => chain.toggleHeading({ level: 2 }), mark: ["heading", { level: 2 }] },
  { name: "articles.subheading", icon: "H2", run: (chain) => chain.toggleHeading({ level: 3 }), mark: ["heading", { level: 3 }] },
  { name: "articles.bold", icon: <BoldOutlined />, run: (chain) => chain.toggleBold(), mark: ["bold"] },
  { name: "articles.italic", icon: <ItalicOutlined />, run: (chain) => chain.toggleItalic(), mark: ["italic"] },
  { name: "articles.underline", icon: <UnderlineOutlined />, run: (chain) => chain.toggleUnderline(), mark: ["underline"] },
  { name: "articles.bullets", icon: <UnorderedListOutlined />, run: (chain) => chain.toggleBulletList(), mark: ["bulletList"] },
  { name: "articles.numbers", icon: <OrderedListOutlined />, run: (chain) => chain.toggleOrderedList(), mark: ["orderedList"] },
  { name: "articles.quote", icon: "❝", run: (chain) => chain.toggleBlockquote(), mark: ["blockquote"] },
  { name: "articles.rule", icon: <LineOutlined />, run: (chain) => chain.setHorizontalRule() },
  { name: "articles.undo", icon: <UndoOutlined />, run: (chain) => chain.undo() },
  { name: "articles.redo", icon: <RedoOutlined />, run: (chain) => chain.redo() },
];

export function RichToolbar({ editor }: { editor: Editor }) {
  const { t } = useText();
  const pressed = useEditorState({
    editor,
    selector: ({ editor: now }) => TOOLS.map(({ mark }) => (mark ? now.isActive(...mark) : false)),
  });
  return (
    <div className="el-articles-tools" role="toolbar" aria-label={t("articles.body")}>
      {TOOLS.map(({ name, icon, run }, index) => (
        <Press key={name} name={t(name)} pressed={pressed[index] ?? false} onPress={() => run(editor.chain().focus()).run()}>
          {icon}
        </Press>
      ))}
      <LinkTool editor={editor} />
      <PictureTool editor={editor} />
    </div>
  );
}

interface PressProps {
  readonly name: string;
  readonly pressed?: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function Press({ name, pressed = false, onPress, children }: PressProps) {
  return (
    <Tooltip title={name}>
      <Button size="small" type={pressed ? "primary" : "text"} aria-label={name} aria-pressed={pressed} onClick={onPress}>
        {children}
      </Button>
    </Tooltip>
  );
}

function LinkTool({ editor }: { editor: Editor }) {
  const { t } = useText();
  const [address, setAddress] = useState<string | null>(null);
  const begin = () => {
    const href: unknown = editor.getAttributes("link")["href"];
    setAddress(typeof href === "string" ? href : "");
  };
  const finish = () => {
    const href = (address ?? "").trim();
    const chain = editor.chain().focus().extendMarkRange("link");
    (href ? chain.setLink({ href }) : chain.unsetLink()).run();
    setAddress(null);
  };
  return (
    <>
      <Press name={t("articles.link")} onPress={begin}>
        <LinkOutlined />
      </Press>
      <Modal open={address !== null} title={t("articles.link")} onOk={finish} onCancel={() => setAddress(null)} destroyOnHidden>
        <Input
          value={address ?? ""}
          placeholder="https://"
          aria-label={t("articles.linkTo")}
          onChange={(event) => setAddress(event.target.value)}
          onPressEnter={finish}
        />
        <p className="el-hint">{t("articles.linkTo")}</p>
      </Modal>
    </>
  );
}

function PictureTool({ editor }: { editor: Editor }) {
  const { t } = useText();
  const { message } = App.useApp();
  const upload = useAct((api, file: Blob) => api.upload<MediaStored>("/v1/media", file));
  const take = (file: Blob) => {
    if (file.size > LARGEST) void message.error(t("broadcast.coverTooBig"));
    else
      upload.mutate(file, {
        onSuccess: ({ digest }) => editor.chain().focus().setImage({ src: `/a/media/${digest}` }).run(),
      });
    return false;
  };
  return (
    <Upload accept="image/png,image/jpeg,image/webp" showUploadList={false} beforeUpload={take}>
      <Tooltip title={t("articles.picture")}>
        <Button size="small" type="text" loading={upload.isPending} aria-label={t("articles.picture")} icon={<PictureOutlined />} />
      </Tooltip>
    </Upload>
  );
}
