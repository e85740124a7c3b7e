/** One case: the conversation in the middle, what only colleagues see on its right. */

import { Button } from "antd";
import { useState } from "react";
import type { CaseDetail, DeskItem } from "../../../shared/assist/shapes";
import { DraftingProvider } from "../../../shared/chat/drafting";
import { ThreadView } from "../../../shared/chat/thread-view";
import { TypingIndicator } from "../../../shared/chat/typing-indicator";
import { useText } from "../../../shared/text/language";
import { useThreads } from "../../../shared/thread/use-threads";
import { Loaded } from "../../../shared/ui/loaded";
import { ClockTag } from "../../shared/desk/clock-tag";
import { TransferDialog } from "../../shared/desk/transfer-dialog";
import { useCase } from "../../shared/desk/use-desk";
import { useMe } from "../../../shared/session/use-me";
import { CaseComposer } from "./case-composer";
import { CaseSide } from "./case-side";
import { EndDialog, type End } from "./end-dialog";

interface Props {
  readonly id: string;
  readonly desk: DeskItem;
  readonly onGone: () => void;
}

type Doing = End | "transfer" | null;

export function CasePane({ id, desk, onGone }: Props) {
  const query = useCase(id);
  return (
    <Loaded query={query}>
      {(detail) => (
        <>
          <section className="el-inbox-pane">
            <DraftingProvider>
              <Talk detail={detail} desk={desk} toldAt={query.dataUpdatedAt} onGone={onGone} />
            </DraftingProvider>
          </section>
          <CaseSide detail={detail} toldAt={query.dataUpdatedAt} />
        </>
      )}
    </Loaded>
  );
}

interface TalkProps {
  readonly detail: CaseDetail;
  readonly desk: DeskItem;
  readonly toldAt: number;
  readonly onGone: () => void;
}

function Talk({ detail, desk, toldAt, onGone }: TalkProps) {
  const { case: item, canned } = detail;
  const { t } = useText();
  const me = useMe().data?.user;
  const thread = useThreads().find(({ parts }) => parts.some((part) => part.item.conv === item.conv));
  const [doing, setDoing] = useState<Doing>(null);
  const mine = item.state === "serving" && item.agent === me;
  function ended(done: boolean) {
    setDoing(null);
    if (done) onGone();
  }
  return (
    <>
      <header className="el-inbox-head el-case-head" data-testid="chat-title">
        <div>
          <strong>{item.customer_name}</strong>
          <span>
            {item.queue_name} {thread && <TypingIndicator thread={thread} />}
          </span>
        </div>
        <ClockTag item={item} toldAt={toldAt} />
        {mine && (
          <div className="el-case-acts">
            <Button data-testid="case-transfer" onClick={() => setDoing("transfer")}>
              {t("case.transfer")}
            </Button>
            <Button data-testid="case-return" onClick={() => setDoing("return")}>
              {t("case.return")}
            </Button>
            <Button data-testid="case-bot" onClick={() => setDoing("bot")}>
              {t("case.toBot")}
            </Button>
            <Button type="primary" data-testid="case-close" onClick={() => setDoing("close")}>
              {t("case.close")}
            </Button>
          </div>
        )}
      </header>
      {thread ? (
        <ThreadView thread={thread} onArticle={() => undefined} />
      ) : (
        <div className="el-thread el-state">{t(mine ? "app.loading" : "case.notMine")}</div>
      )}
      {mine ? (
        <CaseComposer item={item} canned={canned} />
      ) : (
        <div className="el-readonly">{t(item.state === "closed" ? "case.over" : "case.notMine")}</div>
      )}
      {doing === "transfer" && <TransferDialog item={item} desk={desk} onClose={ended} />}
      {doing !== null && doing !== "transfer" && <EndDialog item={item} end={doing} onClose={ended} />}
    </>
  );
}
