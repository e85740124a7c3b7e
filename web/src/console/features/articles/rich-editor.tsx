/** Rich text as it will look. What it makes, the server sanitises before it keeps it. */

import Image from "@tiptap/extension-image";
import { EditorContent, useEditor } from "@tiptap/react";
import StarterKit from "@tiptap/starter-kit";
import { useText } from "../../../shared/text/language";
import { RichToolbar } from "./rich-toolbar";

const EXTENSIONS = [
  StarterKit.configure({
    heading: { levels: [2, 3] },
    link: { openOnClick: false, protocols: ["http", "https", "mailto", "tel"] },
  }),
  Image,
];

interface Props {
  /** Read once; afterwards the editor knows better. */
  readonly html: string;
  readonly onChange: (html: string) => void;
}

export function RichEditor({ html, onChange }: Props) {
  const { t } = useText();
  const editor = useEditor({
    extensions: EXTENSIONS,
    content: html,
    editorProps: { attributes: { class: "el-rich el-articles-text", "aria-label": t("articles.body"), "data-testid": "article-body" } },
    onUpdate: ({ editor: now }) => onChange(now.isEmpty ? "" : now.getHTML()),
  });
  return (
    <div className="el-articles-editor">
      <RichToolbar editor={editor} />
      <EditorContent editor={editor} />
    </div>
  );
}
