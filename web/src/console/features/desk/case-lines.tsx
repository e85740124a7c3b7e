import { Button, App } from "antd";
import type { CaseItem, DeskItem } from "../../../shared/assist/shapes";
import { spanWords } from "../../../shared/assist/clocks";
import { useChat } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { useThreads } from "../../../shared/thread/use-threads";
import { Avatar } from "../../../shared/ui/avatar";
import { Loaded } from "../../../shared/ui/loaded";
import { useNow } from "../../../shared/ui/use-now";
import { ClockTag } from "../../shared/desk/clock-tag";
import { wordOf } from "../../shared/desk/names";
import { casePath, useCases, useDeskAction } from "../../shared/desk/use-desk";

interface Props {
  readonly desk: DeskItem;
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

export function CaseLines({ desk, chosen, onChoose }: Props) {
  const { t } = useText();
  const waiting = useCases(desk.desk, "waiting");
  const serving = useCases(desk.desk, "serving");
  return (
    <>
      <h2 className="el-desk-part">
        {t("desk.waiting")} <b data-testid="waiting-count">{waiting.data?.length ?? ""}</b>
      </h2>
      <div data-testid="desk-queue">
        <Loaded query={waiting}>
          {(cases) =>
            cases.length === 0 ? (
              <p className="el-desk-empty">{t("desk.nobodyWaits")}</p>
            ) : (
              cases.map((item) => (
                <WaitingLine
                  key={item.case}
                  item={item}
                  toldAt={waiting.dataUpdatedAt}
                  onClaimed={() => onChoose(item.case)}
                />
              ))
            )
          }
        </Loaded>
      </div>
      <h2 className="el-desk-part">
        {t("desk.mine")} <b>{serving.data?.length ?? ""}</b>
      </h2>
      <div data-testid="desk-mine">
        <Loaded query={serving}>
          {(cases) =>
            cases.length === 0 ? (
              <p className="el-desk-empty">{t("desk.noneMine")}</p>
            ) : (
              cases.map((item) => (
                <ServingLine
                  key={item.case}
                  item={item}
                  toldAt={serving.dataUpdatedAt}
                  chosen={item.case === chosen}
                  onChoose={() => onChoose(item.case)}
                />
              ))
            )
          }
        </Loaded>
      </div>
    </>
  );
}

interface LineProps {
  readonly item: CaseItem;
  readonly toldAt: number;
}

function WaitingLine({ item, toldAt, onClaimed }: LineProps & { onClaimed: () => void }) {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const { clockSkew } = useChat();
  const now = useNow(10_000) + clockSkew;
  const claim = useDeskAction((api, id: string) => api.post<CaseItem>(casePath(id, "/claim")));
  const waited = spanWords((now - item.waiting_since) / 1000, t);
  return (
    <div className={`el-case ${item.urgent ? "el-case-urgent" : ""}`} data-testid={`waiting-${item.customer_name}`}>
      <Avatar name={item.customer_name} size={36} />
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{item.customer_name}</strong>
          <ClockTag item={item} toldAt={toldAt} />
        </span>
        {item.preview && <span className="el-case-preview">{item.preview}</span>}
        <span className="el-hint">
          {[t("case.waited", { span: waited }), item.queue_name, wordOf("reason", item.reason, t)].filter(Boolean).join(" · ")}
        </span>
      </span>
      <Button
        type="primary"
        size="small"
        data-testid="claim"
        aria-label={t("case.claimOf", { name: item.customer_name })}
        loading={claim.isPending}
        onClick={() =>
          // This line goes while the answer comes, and callbacks of its own would go with it.
          void claim
            .mutateAsync(item.case)
            .then(onClaimed)
            .catch((error: unknown) => void message.warning(errorText(error)))
        }
      >
        {t("case.claim")}
      </Button>
    </div>
  );
}

function ServingLine({ item, toldAt, chosen, onChoose }: LineProps & { chosen: boolean; onChoose: () => void }) {
  const { t } = useText();
  const thread = useThreads().find(({ parts }) => parts.some((part) => part.item.conv === item.conv));
  const unread = thread?.unread ?? 0;
  const typing = thread?.parts.some((part) => part.typing.length > 0) ?? false;
  return (
    <button
      type="button"
      className="el-plain el-case"
      data-testid={`case-${item.customer_name}`}
      data-unread={unread}
      aria-current={chosen}
      onClick={onChoose}
    >
      <Avatar name={item.customer_name} size={36} />
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{item.customer_name}</strong>
          <ClockTag item={item} toldAt={toldAt} />
        </span>
        <span className="el-line-sub">
          <span>{typing ? t("chat.typing") : item.preview || wordOf("reason", item.reason, t)}</span>
          {unread > 0 && <span className="el-count">{unread > 99 ? "99+" : unread}</span>}
        </span>
      </span>
    </button>
  );
}
