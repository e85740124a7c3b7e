/** What became of each callback; the owner may send one again. */

import { App, Button, Table, Tag, type TableColumnsType } from "antd";
import { useState } from "react";
import type { CallbackItem } from "@shared/wire/generated";
import { isTextKey, useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { accountPath, useAccountAction, useOfAccount } from "./use-own-accounts";

const PAGE = 20;
const COLOURS: Readonly<Record<string, string>> = { delivered: "green", failed: "red", waiting: "gold" };

export function CallbackLog({ account, owner }: { account: string; owner: boolean }) {
  const { t, language } = useText();
  const { message } = App.useApp();
  const [before, setBefore] = useState<readonly string[]>([""]);
  const place = before.at(-1) ?? "";
  const query = useOfAccount<CallbackItem[]>(account, `/developer/callbacks?limit=${PAGE}&before=${place}`, place ? false : 5000);
  const replay = useAccountAction((api, msgid: string) => api.post(accountPath(account, `/developer/callbacks/${msgid}`)));
  const stateOf = (state: string) => {
    const key = `developer.state.${state}`;
    return isTextKey(key) ? t(key) : state;
  };
  const columns: TableColumnsType<CallbackItem> = [
    { title: "MsgId", dataIndex: "msgid", width: 170 },
    { title: t("developer.at"), width: 180, render: (_, one) => fullTime(one.at, language) },
    { title: t("developer.what"), width: 190, render: (_, one) => one.event || t("developer.message") },
    { title: t("developer.customer"), dataIndex: "customer", width: 120 },
    {
      title: t("templates.state"),
      width: 100,
      render: (_, one) => (
        <Tag color={COLOURS[one.state] ?? "default"} data-testid={`callback-${one.state}`}>
          {stateOf(one.state)}
        </Tag>
      ),
    },
    { title: t("developer.tries"), render: (_, one) => <Tries item={one} /> },
    {
      title: "",
      width: 110,
      render: (_, one) =>
        owner &&
        one.state !== "waiting" && (
          <Button
            size="small"
            data-testid={`callback-replay-${one.msgid}`}
            onClick={() => replay.mutate(one.msgid, { onSuccess: () => void message.success(t("developer.replayed")) })}
          >
            {t("developer.replay")}
          </Button>
        ),
    },
  ];
  return (
    <Loaded query={query}>
      {(items) => (
        <>
          <Table
            rowKey="msgid"
            size="small"
            pagination={false}
            columns={columns}
            dataSource={[...items]}
            locale={{ emptyText: t("developer.noCallbacks") }}
            scroll={{ x: 980 }}
          />
          <span className="el-accounts-acts">
            {before.length > 1 && (
              <Button size="small" onClick={() => setBefore(before.slice(0, -1))}>
                {t("developer.newer")}
              </Button>
            )}
            {items.length === PAGE && (
              <Button size="small" onClick={() => setBefore([...before, items.at(-1)?.msgid ?? ""])}>
                {t("developer.older")}
              </Button>
            )}
          </span>
        </>
      )}
    </Loaded>
  );
}

function Tries({ item }: { item: CallbackItem }) {
  const { t } = useText();
  if (!item.attempts.length) return <span className="el-hint">{t("developer.noTries")}</span>;
  return (
    <ol className="el-tries">
      {item.attempts.map((one) => (
        <li key={one.at}>{`${one.outcome} · ${t("developer.ms", { count: one.took_ms })}`}</li>
      ))}
    </ol>
  );
}
