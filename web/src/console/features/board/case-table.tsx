import { Button, Segmented, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import type { CaseItem, DeskItem } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { ClockTag } from "../../shared/desk/clock-tag";
import { wordOf } from "../../shared/desk/names";
import { useCases, type CaseState } from "../../shared/desk/use-desk";

interface Props {
  readonly desk: DeskItem;
  readonly onMove: (item: CaseItem) => void;
  readonly onRead: (item: CaseItem) => void;
}

const STATES: readonly CaseState[] = ["waiting", "serving", "closed"];

/** Every case of the desk; those that are not over can be given to somebody else. */
export function CaseTable({ desk, onMove, onRead }: Props) {
  const { t, language } = useText();
  const [state, setState] = useState<CaseState>("waiting");
  const query = useCases(desk.desk, state);
  const columns: TableColumnsType<CaseItem> = [
    { title: t("board.customer"), render: (_, { customer_name }) => <strong>{customer_name}</strong> },
    { title: t("case.queue"), dataIndex: "queue_name" },
    { title: t("board.agent"), render: (_, item) => item.agent_name || wordOf("why", item.why, t) || "—" },
    { title: t("case.reason"), render: (_, { reason }) => wordOf("reason", reason, t) },
    state === "closed"
      ? { title: t("board.rating"), render: (_, item) => <Rating item={item} /> }
      : { title: t("case.clock"), render: (_, item) => <ClockTag item={item} toldAt={query.dataUpdatedAt} /> },
    { title: t("case.opened"), render: (_, { opened }) => fullTime(opened, language) },
    {
      title: "",
      align: "right",
      render: (_, item) => (
        <span className="el-case-acts">
          <Button size="small" data-testid="case-log" onClick={() => onRead(item)}>
            {t("board.read")}
          </Button>
          {state !== "closed" && (
            <Button size="small" data-testid="case-reassign" onClick={() => onMove(item)}>
              {t("board.reassign")}
            </Button>
          )}
        </span>
      ),
    },
  ];
  return (
    <section className="el-sheet el-board-table" data-testid="board-cases">
      <h2>{t("board.cases")}</h2>
      <Segmented<CaseState>
        value={state}
        onChange={setState}
        options={STATES.map((each) => ({ value: each, label: <span data-testid={`cases-${each}`}>{t(`cases.${each}`)}</span> }))}
      />
      <Table
        rowKey="case"
        size="small"
        pagination={false}
        loading={query.isPending}
        columns={columns}
        dataSource={query.data ?? []}
        locale={{ emptyText: t("board.noCases") }}
        scroll={{ x: 860 }}
      />
    </section>
  );
}

function Rating({ item }: { item: CaseItem }) {
  const { t } = useText();
  if (item.rating === 0) return <span className="el-hint">{t("board.unrated")}</span>;
  return (
    <span data-testid="case-rating">
      <span className="el-stars-told" aria-label={t("board.stars", { stars: item.rating })}>
        {"★".repeat(item.rating)}
      </span>{" "}
      {item.comment}
    </span>
  );
}
