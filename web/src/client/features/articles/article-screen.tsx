/** An article that a public account published. */

import { useQuery } from "@tanstack/react-query";
import { NavBar } from "antd-mobile";
import { useNavigate, useParams } from "react-router";
import type { ArticlePage } from "@shared/wire/generated";
import { ArticlePageView } from "../../../shared/chat/article-page-view";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";

export function ArticleScreen() {
  const { t, language } = useText();
  const { api } = useSession();
  const navigate = useNavigate();
  const { broadcast = "", index = "0" } = useParams();
  const query = useQuery({
    queryKey: ["article", broadcast, index],
    queryFn: () => api.get<ArticlePage>(`/v1/broadcasts/${encodeURIComponent(broadcast)}/articles/${index}`),
    staleTime: Infinity,
  });
  return (
    <>
      <NavBar onBack={() => void navigate(-1)}>{query.data?.account_name}</NavBar>
      <div className="el-body">
        <Loaded query={query}>
          {(page) => (
            <ArticlePageView
              title={page.title}
              cover={page.cover}
              paragraphs={page.paragraphs}
              end={t("article.end")}
              byline={
                <>
                  <b>{page.account_name}</b>
                  <span>{t("article.published", { time: fullTime(page.published, language) })}</span>
                </>
              }
            />
          )}
        </Loaded>
      </div>
    </>
  );
}
