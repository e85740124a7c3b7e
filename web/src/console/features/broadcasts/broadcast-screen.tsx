/** What was submitted, and what became of it. */

import { PlusOutlined } from "@ant-design/icons";
import { App, Button, Modal, Table, type TableColumnsType } from "antd";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { BroadcastItem, DraftItem } from "@shared/wire/generated";
import { BroadcastPreview } from "../../shared/broadcast-preview";
import { useAccounts } from "../../../shared/http/use-accounts";
import { useBroadcasts } from "../../shared/use-broadcasts";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { RecallButton } from "./recall-button";
import { BroadcastTag } from "../../shared/broadcast-tag";
import { Loaded } from "../../../shared/ui/loaded";

export function BroadcastScreen() {
  const { t, language } = useText();
  const navigate = useNavigate();
  const query = useBroadcasts();
  const accounts = useAccounts().data ?? [];
  const [shown, setShown] = useState<BroadcastItem | null>(null);
  const nameOf = (account: string) => accounts.find((each) => each.account === account)?.name ?? account;
  const columns: TableColumnsType<BroadcastItem> = [
    {
      title: t("broadcast.title"),
      render: (_, item) => (
        <Button type="link" size="small" onClick={() => setShown(item)}>
          {item.articles[0]?.title}
          {item.articles.length > 1 && ` +${item.articles.length - 1}`}
        </Button>
      ),
    },
    { title: t("broadcast.account"), render: (_, item) => nameOf(item.account) },
    { title: t("broadcast.state"), render: (_, item) => <BroadcastTag state={item.state} /> },
    { title: t("broadcast.audience"), render: (_, item) => t("broadcast.audienceN", { count: item.audience }) },
    { title: t("broadcast.submittedAt"), render: (_, item) => fullTime(item.submitted, language) },
    { title: t("broadcast.reviewer"), dataIndex: "reviewer_name" },
    { title: t("broadcast.reason"), dataIndex: "reason" },
    { title: "", render: (_, item) => <RecallButton item={item} /> },
  ];
  return (
    <div className="el-screen">
      <div className="el-screen-head">
        <h1>{t("console.broadcasts")}</h1>
        <Button
          type="primary"
          icon={<PlusOutlined />}
          data-testid="broadcast-new"
          onClick={() => void navigate("/broadcasts/new")}
        >
          {t("broadcast.new")}
        </Button>
      </div>
      <div className="el-sheet">
        <Loaded query={query}>
          {(items) => (
            <Table
              rowKey="broadcast"
              columns={columns}
              dataSource={[...items]}
              scroll={{ x: "max-content" }}
              pagination={{ pageSize: 12, hideOnSinglePage: true }}
              locale={{ emptyText: t("broadcast.none") }}
            />
          )}
        </Loaded>
      </div>
      <Modal open={shown !== null} onCancel={() => setShown(null)} footer={null} width={400} destroyOnHidden>
        {shown && (
          <>
            <BroadcastPreview accountName={nameOf(shown.account)} articles={shown.articles} broadcast={shown.broadcast} />
            {shown.state === "rejected" && <Again item={shown} />}
          </>
        )}
      </Modal>
    </div>
  );
}

/** What was sent back goes on as a draft. */
function Again({ item }: { item: BroadcastItem }) {
  const { t, errorText } = useText();
  const { api } = useSession();
  const { message } = App.useApp();
  const navigate = useNavigate();
  const account = encodeURIComponent(item.account);
  const again = useMutation({
    mutationFn: () =>
      api.post<DraftItem>(`/v1/staff/accounts/${account}/articles/${encodeURIComponent(item.broadcast)}/draft`),
    onSuccess: ({ draft }) => void navigate(`/articles/write/${account}/${encodeURIComponent(draft)}`),
    onError: (error) => void message.error(errorText(error)),
  });
  return (
    <Button block loading={again.isPending} data-testid="broadcast-again" onClick={() => again.mutate()}>
      {t("articles.again")}
    </Button>
  );
}
