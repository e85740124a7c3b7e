/** Comments on one article: shown to all or not, answered, deleted. */

import { App, Button, Drawer, Input, Tag } from "antd";
import { useState } from "react";
import type { CommentItem, CommentStep, OwnArticle } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { placeOf, useAct, useAsked } from "./use-articles";

const PAGE = 50;
const AGAIN_MS = 10_000;

interface Props {
  readonly account: string;
  readonly article: OwnArticle;
  readonly onClose: () => void;
}

export function CommentDrawer({ account, article, onClose }: Props) {
  const { t } = useText();
  const place = placeOf(account, `/articles/${encodeURIComponent(article.broadcast)}/${article.index}/comments`);
  const [befores, setBefores] = useState([0]);
  const before = befores[befores.length - 1] ?? 0;
  const query = useAsked<CommentItem[]>(`${place}?before=${before}`, { againMs: AGAIN_MS });
  return (
    <Drawer open title={article.title} size={520} onClose={onClose} data-testid="comments">
      <Loaded query={query}>
        {(comments) => (
          <>
            {comments.length === 0 && <p className="el-hint">{t("articles.noComments")}</p>}
            {comments.map((comment) => (
              <Line key={comment.number} place={place} comment={comment} />
            ))}
            {befores.length > 1 && <Button onClick={() => setBefores(befores.slice(0, -1))}>{t("app.back")}</Button>}
            {comments.length === PAGE && (
              <Button onClick={() => setBefores([...befores, comments[PAGE - 1]?.number ?? 0])}>{t("articles.more")}</Button>
            )}
          </>
        )}
      </Loaded>
    </Drawer>
  );
}

function Line({ place, comment }: { place: string; comment: CommentItem }) {
  const { t, language } = useText();
  const { modal } = App.useApp();
  const [reply, setReply] = useState<string | null>(null);
  const own = `${place}/${comment.number}`;
  const step = useAct((api, said: CommentStep) => api.post<CommentItem>(own, said));
  const remove = useAct((api) => api.delete(own));
  const ask = () =>
    void modal.confirm({
      title: t("articles.deleteCommentAsk"),
      okText: t("articles.deleteComment"),
      onOk: () => remove.mutateAsync(undefined).catch(() => undefined),
    });
  const answer = () => step.mutate({ step: "reply", text: (reply ?? "").trim() }, { onSuccess: () => setReply(null) });
  return (
    <section className="el-articles-comment" data-testid="comment">
      <header>
        <b>{comment.name}</b>
        <time>{fullTime(comment.at, language)}</time>
        {comment.elected && <Tag color="green">{t("articles.elect")}</Tag>}
      </header>
      <p>{comment.text}</p>
      {comment.reply && <p className="el-articles-reply">{`${t("articles.replied")}　${comment.reply}`}</p>}
      {reply === null ? (
        <span className="el-articles-acts">
          <Button
            size="small"
            type={comment.elected ? "default" : "primary"}
            loading={step.isPending}
            data-testid="comment-elect"
            onClick={() => step.mutate({ step: comment.elected ? "unelect" : "elect" })}
          >
            {comment.elected ? t("articles.unelect") : t("articles.elect")}
          </Button>
          <Button size="small" data-testid="comment-reply" onClick={() => setReply(comment.reply)}>
            {t("articles.reply")}
          </Button>
          <Button size="small" danger onClick={ask}>
            {t("articles.deleteComment")}
          </Button>
        </span>
      ) : (
        <>
          <Input.TextArea
            autoFocus
            value={reply}
            maxLength={600}
            autoSize={{ minRows: 2 }}
            aria-label={t("articles.reply")}
            data-testid="comment-reply-text"
            onChange={(event) => setReply(event.target.value)}
          />
          <span className="el-articles-acts">
            <Button size="small" type="primary" loading={step.isPending} data-testid="comment-reply-send" onClick={answer}>
              {t("articles.reply")}
            </Button>
            <Button size="small" onClick={() => setReply(null)}>
              {t("app.cancel")}
            </Button>
          </span>
        </>
      )}
    </section>
  );
}
