/** A broadcast as it will look on a customer's phone: first in the thread, then each article. */

import type { ArticleDraft } from "@shared/wire/generated";
import { useText } from "../../shared/text/language";
import { ArticlePageView } from "../../shared/chat/article-page-view";
import { ArticleView } from "../../shared/chat/article-view";
import "../../shared/chat/chat.css";

interface Props {
  readonly accountName: string;
  readonly articles: readonly ArticleDraft[];
}

export function BroadcastPreview({ accountName, articles }: Props) {
  const { t } = useText();
  const items = articles.map(({ title, digest, cover }) => ({ title, digest, cover: cover ?? "" }));
  return (
    <div className="el-phone" data-testid="broadcast-preview">
      <div className="el-phone-head">{accountName}</div>
      <div className="el-phone-body">
        <ArticleView body={{ items }} onOpen={() => undefined} />
        {articles.map((article, index) => (
          <ArticlePageView
            key={index}
            title={article.title}
            cover={article.cover ?? ""}
            paragraphs={article.paragraphs}
            byline={<b>{accountName}</b>}
            end={t("article.end")}
          />
        ))}
      </div>
    </div>
  );
}
