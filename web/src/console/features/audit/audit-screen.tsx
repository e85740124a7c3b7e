/** The audit trail, page after page; nothing here can be changed. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import type { AuditItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";

export function AuditScreen() {
  const { t, language, errorText } = useText();
  const { api } = useSession();
  const [subject, setSubject] = useState("");
  const query = useInfiniteQuery({
    queryKey: ["staff", "audit", subject],
    initialPageParam: 0,
    queryFn: ({ pageParam }) => {
      const asked = new URLSearchParams({ after: String(pageParam), ...(subject && { subject }) });
      return api.get<AuditItem[]>(`/v1/staff/audit?${asked}`);
    },
    getNextPageParam: (page: AuditItem[]) => page.at(-1)?.position,
  });
  const columns: TableColumnsType<AuditItem> = [
    { title: t("audit.position"), dataIndex: "position", width: 80 },
    { title: t("audit.at"), render: (_, item) => fullTime(item.at, language), width: 190 },
    { title: t("audit.kind"), dataIndex: "kind" },
    { title: t("audit.actor"), dataIndex: "actor" },
    { title: t("audit.subject"), dataIndex: "subject" },
    { title: t("audit.detail"), render: (_, item) => <Detail detail={item.detail} /> },
  ];
  return (
    <div className="el-screen">
      <div className="el-screen-head">
        <h1>{t("console.audit")}</h1>
        <Input.Search allowClear style={{ width: 260 }} placeholder={t("audit.filter")} onSearch={setSubject} />
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
            scroll={{ x: "max-content" }}
            footer={() => (
              <Button
                type="text"
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

function Detail({ detail }: { detail: AuditItem["detail"] }) {
  return (
    <code className="el-hint">
      {Object.entries(detail)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join("  ")}
    </code>
  );
}
