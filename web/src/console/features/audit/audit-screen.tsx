/** The audit trail, newest first, page after page; nothing here can be changed. */

import { ReloadOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, Select, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import type { AuditItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { detailWords, kindWords, KINDS } from "./audit-words";

export function AuditScreen() {
  const { t, language, errorText } = useText();
  const { api } = useSession();
  const [subject, setSubject] = useState("");
  const [kind, setKind] = useState("");
  const query = useInfiniteQuery({
    queryKey: ["staff", "audit", subject, kind],
    initialPageParam: 0,
    queryFn: ({ pageParam }) => {
      const asked = { before: String(pageParam), ...(subject && { subject }), ...(kind && { kind }) };
      return api.get<AuditItem[]>(`/v1/staff/audit?${new URLSearchParams(asked)}`);
    },
    staleTime: 0,
    // The page after the oldest entry is empty.
    getNextPageParam: (page: AuditItem[]) => page.at(-1)?.position,
  });
  const columns: TableColumnsType<AuditItem> = [
    { title: t("audit.at"), render: (_, item) => <span className="el-audit-at">{fullTime(item.at, language)}</span>, width: 176 },
    { title: t("audit.kind"), render: (_, item) => <strong>{kindWords(item.kind, t)}</strong>, width: 176 },
    { title: t("audit.actor"), render: (_, item) => <Named id={item.actor} name={item.actor_name} />, width: 150 },
    { title: t("audit.subject"), render: (_, item) => <Named id={item.subject} name={item.subject_name} />, width: 200 },
    { title: t("audit.detail"), render: (_, item) => <span className="el-hint">{detailWords(item.detail, t)}</span> },
    { title: t("audit.position"), dataIndex: "position", width: 80, align: "right" },
  ];
  return (
    <div className="el-screen">
      <div className="el-screen-head">
        <h1>{t("console.audit")}</h1>
        <span className="el-audit-filters">
          <Select
            showSearch={{ optionFilterProp: "label" }}
            data-testid="audit-kind"
            aria-label={t("audit.kind")}
            style={{ width: 200 }}
            value={kind}
            onChange={setKind}
            options={[
              { value: "", label: t("audit.anyKind") },
              ...KINDS.map((each) => ({ value: each, label: kindWords(each, t) })),
            ]}
          />
          <Input.Search
            allowClear
            data-testid="audit-subject"
            maxLength={128}
            style={{ width: 240 }}
            placeholder={t("audit.filter")}
            onSearch={(text) => setSubject(text.trim())}
          />
          <Button
            icon={<ReloadOutlined />}
            aria-label={t("audit.newer")}
            title={t("audit.newer")}
            loading={query.isRefetching}
            onClick={() => void query.refetch()}
          />
        </span>
      </div>
      <div className="el-sheet">
        {query.error ? (
          <div className="el-state">{errorText(query.error)}</div>
        ) : (
          <Table
            rowKey="position"
            size="small"
            data-testid="audit-table"
            loading={query.isPending}
            columns={columns}
            dataSource={query.data?.pages.flat() ?? []}
            pagination={false}
            locale={{ emptyText: t("audit.none") }}
            scroll={{ x: 1080 }}
            footer={() => (
              <Button
                type="text"
                data-testid="audit-more"
                disabled={!query.hasNextPage}
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                {t(query.hasNextPage ? "audit.more" : "audit.end")}
              </Button>
            )}
          />
        )}
      </div>
    </div>
  );
}

/** A person by name, with what they log in as; anything else by its id. */
function Named({ id, name }: { id: string; name: string }) {
  if (!name) return <code className="el-audit-id">{id}</code>;
  return (
    <>
      {name} <span className="el-hint">{id}</span>
    </>
  );
}
