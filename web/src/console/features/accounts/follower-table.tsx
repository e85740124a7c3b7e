/** A page of followers after the other; a remark is written where it stands. */

import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Table, Tag, Typography, type TableColumnsType } from "antd";
import type { FollowerItem, FollowerPage, TagItem } from "@shared/wire/generated";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { accountPath, useAccountAction } from "./use-own-accounts";

const PAGE = 100;

interface Props {
  readonly account: string;
  readonly tags: readonly TagItem[];
  readonly query: string;
  readonly chosen: readonly string[];
  readonly onChoose: (users: readonly string[]) => void;
}

export function FollowerTable({ account, tags, query, chosen, onChoose }: Props) {
  const { t, language } = useText();
  const { api } = useSession();
  const pages = useInfiniteQuery({
    queryKey: ["own-accounts", account, "followers", query],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      api.get<FollowerPage>(
        accountPath(account, `/followers?${query}&limit=${PAGE}&after=${encodeURIComponent(pageParam)}`),
      ),
    getNextPageParam: (last) => (last.followers.length === PAGE ? last.followers.at(-1)?.user : undefined),
  });
  const remark = useAccountAction((act, given: { user: string; remark: string }) =>
    act.put<FollowerItem>(accountPath(account, `/followers/${encodeURIComponent(given.user)}`), { remark: given.remark }),
  );
  const nameOf = (tag: number) => tags.find((each) => each.tag === tag)?.name ?? String(tag);
  const columns: TableColumnsType<FollowerItem> = [
    { title: t("followers.name"), dataIndex: "name", width: 140 },
    {
      title: t("followers.remark"),
      width: 200,
      render: (_, one) => (
        <Typography.Text
          data-testid={`remark-${one.user}`}
          editable={{
            maxLength: 30,
            triggerType: ["icon", "text"],
            onChange: (text) => text !== one.remark && remark.mutate({ user: one.user, remark: text }),
          }}
        >
          {one.remark}
        </Typography.Text>
      ),
    },
    {
      title: t("followers.tags"),
      render: (_, one) => one.tags.map((tag) => <Tag key={tag}>{nameOf(tag)}</Tag>),
    },
    {
      title: t("followers.source"),
      width: 180,
      render: (_, one) =>
        one.source === "qr" ? t("followers.source.qr", { scene: one.scene }) : t("followers.source.none"),
    },
    {
      title: t("followers.since"),
      width: 190,
      render: (_, one) => (one.followed ? fullTime(one.followed, language) : ""),
    },
  ];
  return (
    <>
      <Table
        rowKey="user"
        size="small"
        pagination={false}
        loading={pages.isPending}
        columns={columns}
        dataSource={pages.data?.pages.flatMap((page) => page.followers) ?? []}
        locale={{ emptyText: t("followers.none") }}
        rowSelection={{ selectedRowKeys: [...chosen], onChange: (keys) => onChoose(keys.map(String)) }}
        scroll={{ x: 860 }}
      />
      {pages.hasNextPage && (
        <div className="el-settings-add">
          <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t("followers.more")}
          </Button>
        </div>
      )}
    </>
  );
}
