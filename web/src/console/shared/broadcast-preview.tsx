/** A broadcast as it will look on a customer's phone: first in the thread, then each article. */

import { useQuery } from "@tanstack/react-query";
import type { ArticlePage, AttachmentItem } from "@shared/wire/generated";
import { useSession } from "../../shared/session/session";
import { useText } from "../../shared/text/language";
import { ArticlePageView } from "../../shared/chat/article-page-view";
import { ArticleView } from "../../shared/chat/article-view";
import { Loaded } from "../../shared/ui/loaded";
import "../../shared/chat/chat.css";

interface Shown {
  readonly title: string;
  readonly digest: string;
  readonly cover?: string;
  readonly paragraphs: readonly string[];
  readonly html?: string;
  readonly author?: string;
  readonly source?: string;
  readonly attachments?: readonly AttachmentItem[];
  /** Its rich text is asked for: `broadcast` says of what. */
  readonly rich?: boolean;
}

interface Props {
  readonly accountName: string;
  readonly articles: readonly Shown[];
  readonly broadcast?: string;
}

export function BroadcastPreview({ accountName, articles, broadcast = "" }: Props) {
  const items = articles.map(({ title, digest, cover }) => ({ title, digest, cover: cover ?? "" }));
  return (
    <div className="el-phone" data-testid="broadcast-preview">
      <div className="el-phone-head">{accountName}</div>
      <div className="el-phone-body">
        <ArticleView body={{ items }} onOpen={() => undefined} />
        {articles.map((article, index) =>
          article.rich && broadcast ? (
            <Asked key={index} accountName={accountName} broadcast={broadcast} index={index} />
          ) : (
            <Page key={index} accountName={accountName} article={article} />
          ),
        )}
      </div>
    </div>
  );
}

function Asked({ accountName, broadcast, index }: { accountName: string; broadcast: string; index: number }) {
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["article", broadcast, String(index)],
    queryFn: () => api.get<ArticlePage>(`/v1/broadcasts/${encodeURIComponent(broadcast)}/articles/${index}`),
    staleTime: Infinity,
  });
  return <Loaded query={query}>{(page) => <Page accountName={accountName} article={page} />}</Loaded>;
}

function Page({ accountName, article }: { accountName: string; article: Shown }) {
  const { t } = useText();
  return (
    <ArticlePageView
      title={article.title}
      cover={article.cover ?? ""}
      paragraphs={article.paragraphs}
      html={article.html ?? ""}
      files={article.attachments ?? []}
      source={article.source ?? ""}
      byline={
        <>
          <b>{accountName}</b>
          {article.author && <span>{article.author}</span>}
        </>
      }
      end={t("article.end")}
    />
  );
}
