/** An article as a customer reads it; also the exact preview that a reviewer approves. */

import type { ReactNode } from "react";
import { Cover } from "../ui/cover";

interface Props {
  readonly title: string;
  readonly cover: string;
  readonly paragraphs: readonly string[];
  readonly byline: ReactNode;
  readonly end: string;
}

export function ArticlePageView({ title, cover, paragraphs, byline, end }: Props) {
  return (
    <article className="el-page" data-testid="article-page">
      <h1>{title}</h1>
      <p className="el-page-byline">{byline}</p>
      <Cover digest={cover} />
      {paragraphs.map((paragraph, index) => (
        <p key={index}>{paragraph}</p>
      ))}
      <p className="el-page-end">{end}</p>
    </article>
  );
}
