/** Sentences to label: press a suggestion, choose another intent, say it is out of scope, or discard. */

import { Button, Select, Table, type TableColumnsType } from "antd";
import type { MissedItem } from "@shared/wire/generated";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { discarding, labelling, OUTSIDE, useDeed, useIntentList, useMissed } from "./use-learning";

export function MissedPanel() {
  const { t, language } = useText();
  const query = useMissed();
  const { named } = useIntentList();
  const deed = useDeed();
  const busy = deed.isPending;
  const columns: TableColumnsType<MissedItem> = [
    { title: t("bots.sentence"), dataIndex: "shape", className: "el-bots-sentence" },
    { title: t("bots.times"), dataIndex: "times", width: 72, align: "right" },
    { title: t("bots.last"), width: 172, render: (_, item) => fullTime(item.last, language) },
    {
      title: t("bots.suggested"),
      width: 300,
      render: (_, item) => (
        <span className="el-bots-likely">
          {item.suggested
            .filter(({ intent }) => intent !== OUTSIDE)
            .slice(0, 3)
            .map(({ intent, confidence }) => (
              <Button key={intent} size="small" disabled={busy} onClick={() => deed.mutate(labelling(item.sentence, intent))}>
                {named.get(intent) ?? intent} <span className="el-hint">{Math.round(confidence * 100)}%</span>
              </Button>
            ))}
        </span>
      ),
    },
    {
      title: t("bots.intent"),
      width: 380,
      render: (_, item) => (
        <span className="el-bots-deeds">
          <Select
            showSearch={{ optionFilterProp: "label" }}
            size="small"
            value={null}
            style={{ width: 150 }}
            placeholder={t("bots.choose")}
            aria-label={t("bots.choose")}
            disabled={busy}
            onChange={(intent: string) => deed.mutate(labelling(item.sentence, intent))}
            options={[...named].filter(([intent]) => intent !== OUTSIDE).map(([value, label]) => ({ value, label }))}
          />
          <Button size="small" disabled={busy} onClick={() => deed.mutate(labelling(item.sentence, OUTSIDE))}>
            {t("bots.outside")}
          </Button>
          <Button size="small" type="text" danger disabled={busy} onClick={() => deed.mutate(discarding(item.sentence))}>
            {t("bots.discard")}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <Loaded query={query}>
      {(page) => (
        <div className="el-sheet">
          <p className="el-hint">{t("bots.missedHint")}</p>
          <Table
            rowKey="sentence"
            size="small"
            data-testid="bots-missed"
            columns={columns}
            dataSource={[...page.items]}
            pagination={false}
            locale={{ emptyText: t("bots.none") }}
            scroll={{ x: 1100 }}
            footer={() => t("bots.waiting", { count: page.waiting })}
          />
        </div>
      )}
    </Loaded>
  );
}
