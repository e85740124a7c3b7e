/** Comments under an article, and where one writes one's own. */

import { Button, TextArea, Toast } from "antd-mobile";
import { useState } from "react";
import type { CommentItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Avatar } from "../../../shared/ui/avatar";
import { useStep } from "./use-step";

const LONGEST = 600;

export function CommentForm({ place }: { place: string }) {
  const { t } = useText();
  const [text, setText] = useState("");
  const send = useStep(place, (api, words: string) => api.post(`${place}/comments`, { text: words }));
  const finish = () =>
    send.mutate(text.trim(), {
      onSuccess: () => {
        setText("");
        Toast.show({ content: t("article.sent") });
      },
    });
  return (
    <div className="el-talk-form">
      <TextArea
        value={text}
        onChange={setText}
        maxLength={LONGEST}
        autoSize={{ minRows: 1, maxRows: 5 }}
        placeholder={t("article.commentHere")}
      />
      <Button
        size="small"
        color="primary"
        disabled={!text.trim()}
        loading={send.isPending}
        data-testid="comment-send"
        onClick={finish}
      >
        {t("article.send")}
      </Button>
    </div>
  );
}

interface Props {
  readonly title: string;
  readonly comments: readonly CommentItem[];
  readonly onTakeBack: (number: number) => void;
}

export function CommentList({ title, comments, onTakeBack }: Props) {
  const { t, language } = useText();
  if (comments.length === 0) return null;
  return (
    <>
      <h2>{title}</h2>
      {comments.map((comment) => (
        <div key={comment.number} className="el-talk-line" data-testid="comment">
          <Avatar name={comment.name} size={34} />
          <div>
            <header>
              <b>{comment.name}</b>
              <time>{fullTime(comment.at, language)}</time>
              {comment.own && !comment.elected && <span>{t("article.waiting")}</span>}
            </header>
            <p>{comment.text}</p>
            {comment.reply && (
              <p className="el-talk-reply">
                <b>{t("articles.replied")}</b>
                {comment.reply}
              </p>
            )}
            {comment.own && (
              <button type="button" className="el-plain" onClick={() => onTakeBack(comment.number)}>
                {t("article.takeBack")}
              </button>
            )}
          </div>
        </div>
      ))}
    </>
  );
}
