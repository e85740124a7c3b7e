/** An article as a customer reads it; also the exact preview that a reviewer approves. */

import type { ReactNode } from "react";
import type { AttachmentItem } from "@shared/wire/generated";
import { sizeText } from "../media/size";
import { useText } from "../text/language";
import { Cover } from "../ui/cover";

interface Props {
  readonly title: string;
  readonly cover: string;
  readonly paragraphs: readonly string[];
  /** Rich text in place of the paragraphs; the server sanitised it when it was saved. */
  readonly html?: string;
  readonly files?: readonly AttachmentItem[];
  readonly source?: string;
  readonly byline: ReactNode;
  readonly end: string;
}

export function ArticlePageView({ title, cover, paragraphs, html = "", files = [], source = "", byline, end }: Props) {
  const { t } = useText();
  return (
    <article className="el-page" data-testid="article-page">
      <h1>{title}</h1>
      <p className="el-page-byline">{byline}</p>
      <Cover digest={cover} />
      {html ? (
        <div className="el-rich" data-testid="article-rich" dangerouslySetInnerHTML={{ __html: html }} />
      ) : (
        paragraphs.map((paragraph, index) => <p key={index}>{paragraph}</p>)
      )}
      {files.length > 0 && (
        <ul className="el-page-files" aria-label={t("articles.files")}>
          {files.map((file) => (
            <li key={file.media}>
              <a href={`/a/media/${file.media}?name=${encodeURIComponent(file.name)}`} download={file.name}>
                {file.name}
              </a>{" "}
              <span>{sizeText(file.size)}</span>
            </li>
          ))}
        </ul>
      )}
      {source && (
        <p>
          <a href={source} target="_blank" rel="noopener noreferrer">
            {t("article.source")}
          </a>
        </p>
      )}
      <p className="el-page-end">{end}</p>
    </article>
  );
}
