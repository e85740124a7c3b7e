/** Under an article: its numbers, like and share, and the comments that one may see. */

import { useQuery } from "@tanstack/react-query";
import { Button, Toast } from "antd-mobile";
import { LikeOutline, SendOutline } from "antd-mobile-icons";
import type { ArticlePage, ArticleTalkPage } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { CommentForm, CommentList } from "./article-comments";
import { useStep } from "./use-step";
import "./articles.css";

interface Props {
  readonly place: string;
  readonly page: ArticlePage;
}

export function ArticleTalk({ place, page }: Props) {
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["article-talk", place],
    queryFn: () => api.get<ArticleTalkPage>(`${place}/talk`),
  });
  return query.data ? <Talk place={place} page={page} talk={query.data} /> : null;
}

function Talk({ place, page, talk }: Props & { readonly talk: ArticleTalkPage }) {
  const { t } = useText();
  const like = useStep(place, (api) => (talk.liked ? api.delete(`${place}/like`) : api.put(`${place}/like`, {})));
  const share = useStep(place, (api) => api.put(`${place}/share`, {}));
  const takeBack = useStep(place, (api, number: number) => api.delete(`${place}/comments/${number}`));
  const passOn = async () => {
    if (await passedOn(page.title, `${location.origin}${page.path}`)) share.mutate(undefined);
    else return;
    if (!("share" in navigator)) Toast.show({ content: t("article.shared") });
  };
  const waiting = talk.own.filter((comment) => !comment.elected);
  return (
    <section className="el-talk" data-testid="article-talk">
      <div className="el-talk-bar">
        <span data-testid="article-reads">{t("article.reads", { count: talk.numbers.reads })}</span>
        <Button
          size="small"
          color={talk.liked ? "primary" : "default"}
          aria-pressed={talk.liked}
          data-testid="article-like"
          loading={like.isPending}
          onClick={() => like.mutate(undefined)}
        >
          <LikeOutline /> {talk.liked ? t("article.liked") : t("article.like")} {talk.numbers.likes}
        </Button>
        <Button size="small" data-testid="article-share" onClick={() => void passOn()}>
          <SendOutline /> {t("article.share")} {talk.numbers.shares}
        </Button>
      </div>
      {talk.may_comment && <CommentForm place={place} />}
      <CommentList title={t("article.own")} comments={waiting} onTakeBack={(number) => takeBack.mutate(number)} />
      <CommentList title={t("article.elected")} comments={talk.elected} onTakeBack={(number) => takeBack.mutate(number)} />
    </section>
  );
}

/** With what the phone offers, else by the clipboard; false if the reader thought better of it. */
async function passedOn(title: string, url: string): Promise<boolean> {
  try {
    if ("share" in navigator) await navigator.share({ title, url });
    else await (navigator as Navigator).clipboard.writeText(url);
    return true;
  } catch {
    return false;
  }
}
