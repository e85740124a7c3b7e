import { Table, type TableColumnsType } from "antd";
import type { AgentItem, DeskItem } from "../../../shared/assist/shapes";
import { spanWords } from "../../../shared/assist/clocks";
import { useChat } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { useNow } from "../../../shared/ui/use-now";

interface Props {
  readonly desk: DeskItem;
  readonly agents: readonly AgentItem[];
}

/** Who is at the desk, and how much each carries. */
export function AgentTable({ desk, agents }: Props) {
  const { t } = useText();
  const now = useNow(30_000) + useChat().clockSkew;
  const queueNames = new Map(desk.queues.map(({ queue, name }) => [queue, name]));
  const columns: TableColumnsType<AgentItem> = [
    { title: t("board.agent"), render: (_, { name, user }) => <Person name={name} user={user} /> },
    {
      title: t("status.label"),
      render: (_, { status, since }) => (
        <span>
          <i className={`el-dot el-dot-${status}`} /> {t(`status.${status}`)}{" "}
          {since > 0 && <span className="el-hint">{spanWords((now - since) / 1000, t)}</span>}
        </span>
      ),
    },
    { title: t("board.load"), render: (_, { serving, capacity }) => <Load serving={serving} capacity={capacity} /> },
    { title: t("board.queues"), render: (_, { queues }) => queues.map((each) => queueNames.get(each) ?? each).join(t("member.join")) },
    { title: t("settings.skills"), render: (_, { skills }) => skills.join(t("member.join")) || "—" },
  ];
  return (
    <section className="el-sheet el-board-table" data-testid="board-agents">
      <h2>{t("board.agents")}</h2>
      <Table
        rowKey="user"
        size="small"
        pagination={false}
        columns={columns}
        dataSource={agents.filter(({ role }) => role === "agent")}
        locale={{ emptyText: t("board.noAgents") }}
        scroll={{ x: 680 }}
      />
    </section>
  );
}

function Person({ name, user }: { name: string; user: string }) {
  return (
    <>
      {name} <span className="el-hint">{user}</span>
    </>
  );
}

function Load({ serving, capacity }: { serving: number; capacity: number }) {
  const places = Array.from({ length: Math.min(capacity, 12) }, (_, place) => place < serving);
  return (
    <span data-testid="load">
      <span className="el-load" aria-hidden="true">
        {places.map((on, place) => (
          <i key={place} className={on ? "el-load-on" : ""} />
        ))}
      </span>
      {serving}/{capacity}
    </span>
  );
}
