/** Published articles: their numbers, their page, their comments. */

import { App, Button, Select, Table, Tag, type TableColumnsType } from "antd";
import { useState } from "react";
import type { ArticleDecision, OwnArticle } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { CommentDrawer } from "./comment-drawer";
import { RULES } from "./story";
import { placeOf, useAct, useAsked } from "./use-articles";

const AGAIN_MS = 30_000;

export function PublishedList({ account }: { account: string }) {
  const { t, language } = useText();
  const { modal } = App.useApp();
  const query = useAsked<OwnArticle[]>(placeOf(account, "/articles"), { againMs: AGAIN_MS });
  const [moderated, setModerated] = useState<OwnArticle | null>(null);
  const decide = useAct((api, { one, decision }: { one: OwnArticle; decision: ArticleDecision }) =>
    api.patch(placeOf(account, `/articles/${encodeURIComponent(one.broadcast)}/${one.index}`), decision),
  );
  const takeOff = (one: OwnArticle) => {
    const run = () => decide.mutateAsync({ one, decision: { withdrawn: !one.withdrawn } }).catch(() => undefined);
    if (one.withdrawn) void run();
    else void modal.confirm({ title: t("articles.takeOffAsk"), okText: t("articles.takeOff"), onOk: run });
  };
  const columns: TableColumnsType<OwnArticle> = [
    {
      title: t("broadcast.title"),
      render: (_, one) => (
        <>
          {one.path ? (
            <a href={one.path} target="_blank" rel="noreferrer" title={t("articles.page")}>
              {one.title}
            </a>
          ) : (
            one.title
          )}
          {one.withdrawn && <Tag className="el-articles-tag">{t("articles.withdrawn")}</Tag>}
        </>
      ),
    },
    { title: t("articles.reads"), width: 70, align: "right", render: (_, one) => one.numbers.reads },
    { title: t("articles.likes"), width: 70, align: "right", render: (_, one) => one.numbers.likes },
    { title: t("articles.shares"), width: 70, align: "right", render: (_, one) => one.numbers.shares },
    {
      title: t("articles.comments"),
      width: 190,
      render: (_, one) => (
        <Select<string>
          size="small"
          className="el-articles-rule"
          value={one.comments}
          aria-label={t("articles.comments")}
          disabled={!one.path}
          options={RULES.map((rule) => ({ value: rule, label: t(`articles.comments.${rule}`) }))}
          onChange={(rule) => {
            const comments = RULES.find((each) => each === rule) ?? null;
            decide.mutate({ one, decision: { comments } });
          }}
        />
      ),
    },
    { title: t("broadcast.decidedAt"), width: 180, render: (_, one) => fullTime(one.published, language) },
    {
      title: "",
      width: 200,
      render: (_, one) =>
        one.path && (
          <span className="el-articles-acts">
            <Button size="small" data-testid={`moderate-${one.title}`} onClick={() => setModerated(one)}>
              {`${t("articles.moderate")} (${one.numbers.comments})`}
            </Button>
            <Button size="small" onClick={() => takeOff(one)}>
              {one.withdrawn ? t("articles.putBack") : t("articles.takeOff")}
            </Button>
          </span>
        ),
    },
  ];
  return (
    <>
      <Loaded query={query}>
        {(articles) => (
          <Table
            rowKey={(one) => `${one.broadcast}/${one.index}`}
            size="small"
            columns={columns}
            dataSource={[...articles]}
            scroll={{ x: 980 }}
            pagination={{ pageSize: 12, hideOnSinglePage: true }}
            locale={{ emptyText: t("articles.nonePublished") }}
          />
        )}
      </Loaded>
      {moderated && <CommentDrawer account={account} article={moderated} onClose={() => setModerated(null)} />}
    </>
  );
}
