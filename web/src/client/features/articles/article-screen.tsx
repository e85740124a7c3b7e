/** An article that a public account published, and what readers do with it. */

import { useQuery } from "@tanstack/react-query";
import { NavBar } from "antd-mobile";
import { useNavigate, useParams } from "react-router";
import type { ArticlePage } from "@shared/wire/generated";
import { ArticlePageView } from "../../../shared/chat/article-page-view";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { ArticleTalk } from "./article-talk";

export function ArticleScreen() {
  const { api } = useSession();
  const navigate = useNavigate();
  const { broadcast = "", index = "0" } = useParams();
  const place = `/v1/broadcasts/${encodeURIComponent(broadcast)}/articles/${encodeURIComponent(index)}`;
  const query = useQuery({
    queryKey: ["article", broadcast, index],
    queryFn: () => api.get<ArticlePage>(place),
    staleTime: Infinity,
  });
  return (
    <>
      <NavBar onBack={() => void navigate(-1)}>{query.data?.account_name}</NavBar>
      <div className="el-body">
        <Loaded query={query}>
          {(page) => (
            <>
              <Read page={page} />
              {page.path && <ArticleTalk place={place} page={page} />}
            </>
          )}
        </Loaded>
      </div>
    </>
  );
}

function Read({ page }: { page: ArticlePage }) {
  const { t, language } = useText();
  const when = page.preview
    ? t("article.preview")
    : t("article.published", { time: fullTime(page.published, language) });
  return (
    <ArticlePageView
      title={page.title}
      cover={page.cover}
      paragraphs={page.paragraphs}
      html={page.html}
      files={page.attachments}
      source={page.source}
      end={t("article.end")}
      byline={
        <>
          <b>{page.account_name}</b>
          {page.author && <span>{page.author}</span>}
          <span>{when}</span>
        </>
      }
    />
  );
}
