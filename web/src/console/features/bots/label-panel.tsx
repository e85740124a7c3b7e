/** What was labelled, the latest first; a wrong label is taken back. */

import { Button, Table, type TableColumnsType } from "antd";
import type { LabelItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { takingBack, useDeed, useIntentList, useLabels } from "./use-learning";

export function LabelPanel() {
  const { t, language } = useText();
  const query = useLabels();
  const { named } = useIntentList();
  const deed = useDeed();
  const columns: TableColumnsType<LabelItem> = [
    { title: t("bots.sentence"), dataIndex: "shape", className: "el-bots-sentence" },
    { title: t("bots.intent"), width: 200, render: (_, item) => named.get(item.intent) ?? item.intent },
    { title: t("bots.by"), dataIndex: "by", width: 140 },
    { title: t("bots.at"), width: 172, render: (_, item) => fullTime(item.at, language) },
    {
      width: 120,
      render: (_, item) => (
        <Button size="small" disabled={deed.isPending} onClick={() => deed.mutate(takingBack(item.sentence))}>
          {t("bots.takeBack")}
        </Button>
      ),
    },
  ];
  return (
    <Loaded query={query}>
      {(labels) => (
        <div className="el-sheet">
          <Table
            rowKey="sentence"
            size="small"
            data-testid="bots-labels"
            columns={columns}
            dataSource={labels}
            pagination={false}
            locale={{ emptyText: t("bots.noLabels") }}
            scroll={{ x: 800 }}
          />
        </div>
      )}
    </Loaded>
  );
}
