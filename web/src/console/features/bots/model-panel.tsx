/** Trained models: how each compares with the one that was in use; promote one, or go back. */

import { App, Button, Table, Tag } from "antd";
import type { BotModelItem, BotModelList } from "@shared/wire/generated";
import { useMe } from "../../../shared/session/use-me";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Loaded } from "../../../shared/ui/loaded";
import { promoting, rollingBack, useDeed, useIntents, useModels } from "./use-learning";

const JUDGES = ["parts", "unseen", "labelled"] as const;
const SHARES = [
  ["right", "bots.right"],
  ["answered_right", "bots.answeredRight"],
  ["outside", "bots.refusedRight"],
] as const;

export function ModelPanel() {
  const query = useModels();
  return <Loaded query={query}>{(list) => <Models list={list} />}</Loaded>;
}

function useModelName() {
  const { t } = useText();
  return (version: number) => (version === 0 ? t("bots.shipped") : t("bots.model", { version }));
}

function Models({ list }: { list: BotModelList }) {
  const { t } = useText();
  const { modal } = App.useApp();
  const deed = useDeed();
  const name = useModelName();
  const may = useMe().data?.role === "administrator";
  const before = list.former.at(-1);
  const rollBack = () =>
    before !== undefined &&
    modal.confirm({
      title: t("bots.rollBackSure", { model: name(before) }),
      onOk: () => deed.mutateAsync(rollingBack),
    });
  return (
    <>
      <div className="el-sheet el-bots-in-use" data-testid="bots-in-use">
        <div>
          <strong>
            {t("bots.inUse")} · {name(list.in_use)}
          </strong>
          {list.here !== list.in_use && <p className="el-hint">{t("bots.here", { model: name(list.here) })}</p>}
          <p className="el-hint">{t("bots.trainHint")}</p>
        </div>
        {may && (
          <Button disabled={before === undefined || deed.isPending} onClick={rollBack} data-testid="bots-roll-back">
            {t("bots.rollBack")}
          </Button>
        )}
      </div>
      {list.models.length === 0 && <p className="el-desk-empty">{t("bots.noModels")}</p>}
      {list.models.map((model) => (
        <Model key={model.version} model={model} inUse={model.version === list.in_use} may={may} />
      ))}
    </>
  );
}

function Model({ model, inUse, may }: { model: BotModelItem; inUse: boolean; may: boolean }) {
  const { t, language } = useText();
  const { modal } = App.useApp();
  const deed = useDeed();
  const name = useModelName();
  const intent = useIntents();
  const promote = () =>
    modal.confirm({
      title: t("bots.promoteSure", { version: model.version }),
      onOk: () => deed.mutateAsync(promoting(model.version)),
    });
  const lost = Object.entries(model.lost).map(([each, share]) => `${intent(each)} −${Math.round(share * 100)}%`);
  return (
    <section className="el-sheet" data-testid={`bots-model-${model.version}`}>
      <div className="el-bots-in-use">
        <h2>
          {t("bots.model", { version: model.version })} {inUse && <Tag color="green">{t("bots.inUse")}</Tag>}
        </h2>
        {may && !inUse && (
          <Button type="primary" disabled={deed.isPending} onClick={promote}>
            {t("bots.promote")}
          </Button>
        )}
      </div>
      <p className="el-hint">
        {fullTime(model.made, language)} · {t("bots.learnt", { learnt: model.learnt, labelled: model.labelled })} ·{" "}
        {t("bots.comparedWith", { model: name(model.compared_with) })}
      </p>
      <Comparison model={model} />
      {lost.length > 0 && <p className="el-bots-lost">{t("bots.lost", { intents: lost.join("、") })}</p>}
    </section>
  );
}

const percent = (share: number) => `${(share * 100).toFixed(1)}%`;

function Comparison({ model }: { model: BotModelItem }) {
  const { t } = useText();
  const rows = JUDGES.flatMap((judge) => {
    const before = model.before[judge];
    const after = model.after[judge];
    return before && after && after.sentences > 0 ? [{ judge, before, after }] : [];
  });
  return (
    <Table
      rowKey="judge"
      size="small"
      pagination={false}
      dataSource={rows}
      columns={[
        { title: "", render: (_, row) => t(`bots.judge.${row.judge}`) },
        { title: t("bots.judged"), align: "right" as const, width: 90, render: (_, row) => row.after.sentences },
        ...SHARES.map(([share, words]) => ({
          title: t(words),
          width: 190,
          align: "right" as const,
          render: (_: unknown, row: (typeof rows)[number]) => (
            <Change from={row.before[share]} to={row.after[share]} />
          ),
        })),
      ]}
    />
  );
}

/** Both zero is mostly that there was nothing of the kind to judge. */
function Change({ from, to }: { from: number; to: number }) {
  if (from === 0 && to === 0) return <span className="el-hint">—</span>;
  const way = to > from ? "el-bots-better" : to < from ? "el-bots-worse" : "";
  return (
    <span className={way}>
      {percent(from)} → {percent(to)}
    </span>
  );
}
