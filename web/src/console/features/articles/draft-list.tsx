/** The account's drafts, whoever of its staff or partners wrote them. */

import { App, Button, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { DraftLine } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { placeOf, useAct, useAsked } from "./use-articles";

const PAGE = 50;

export function DraftList({ account }: { account: string }) {
  const { t, language } = useText();
  const { modal } = App.useApp();
  const navigate = useNavigate();
  const [befores, setBefores] = useState([""]);
  const before = encodeURIComponent(befores[befores.length - 1] ?? "");
  const query = useAsked<DraftLine[]>(placeOf(account, `/article-drafts?before=${before}`));
  const remove = useAct((api, draft: string) =>
    api.delete(placeOf(account, `/article-drafts/${encodeURIComponent(draft)}`)),
  );
  const ask = (draft: string) =>
    void modal.confirm({
      title: t("articles.deleteAsk"),
      okText: t("articles.delete"),
      onOk: () => remove.mutateAsync(draft).catch(() => undefined),
    });
  const columns: TableColumnsType<DraftLine> = [
    {
      title: t("broadcast.title"),
      render: (_, line) => {
        const title = line.title || t("articles.untitled");
        const place = `${encodeURIComponent(account)}/${encodeURIComponent(line.draft)}`;
        return (
          <Button type="link" size="small" data-testid="draft" onClick={() => void navigate(`/articles/write/${place}`)}>
            {line.count > 1 ? t("articles.countN", { title, count: line.count }) : title}
          </Button>
        );
      },
    },
    { title: t("articles.editor"), dataIndex: "editor", width: 180 },
    { title: t("articles.edited"), width: 200, render: (_, line) => fullTime(line.edited, language) },
    {
      title: "",
      width: 90,
      render: (_, line) => (
        <Button size="small" onClick={() => ask(line.draft)}>
          {t("articles.delete")}
        </Button>
      ),
    },
  ];
  return (
    <Loaded query={query}>
      {(lines) => (
        <>
          <Table
            rowKey="draft"
            size="small"
            columns={columns}
            dataSource={[...lines]}
            scroll={{ x: 640 }}
            pagination={false}
            locale={{ emptyText: t("articles.none") }}
          />
          {befores.length > 1 && <Button onClick={() => setBefores(befores.slice(0, -1))}>{t("app.back")}</Button>}
          {lines.length === PAGE && (
            <Button onClick={() => setBefores([...befores, lines[PAGE - 1]?.draft ?? ""])}>{t("articles.older")}</Button>
          )}
        </>
      )}
    </Loaded>
  );
}
