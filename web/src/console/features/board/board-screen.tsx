/** The supervisor's board: who waits, who works, what is late, what customers thought of it. */

import { useState, type ReactNode } from "react";
import type { CaseItem, DeskItem, Figures } from "../../../shared/assist/shapes";
import { spanWords } from "../../../shared/assist/clocks";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { DeskChosen } from "../../shared/desk/desk-chosen";
import { wordOf } from "../../shared/desk/names";
import { TransferDialog } from "../../shared/desk/transfer-dialog";
import { useFigures } from "../../shared/desk/use-desk";
import { AgentTable } from "./agent-table";
import { CaseTable } from "./case-table";
import { LogDrawer } from "./log-drawer";

export function BoardScreen() {
  return <DeskChosen>{(desk, choice) => <Board key={desk.desk} desk={desk} choice={choice} />}</DeskChosen>;
}

function Board({ desk, choice }: { desk: DeskItem; choice: ReactNode }) {
  const { t } = useText();
  const query = useFigures(desk.desk);
  const [moved, setMoved] = useState<CaseItem | null>(null);
  const [read, setRead] = useState<CaseItem | null>(null);
  return (
    <div className="el-screen el-board">
      <div className="el-screen-head">
        <h1>{desk.name}</h1>
        {choice}
      </div>
      <Loaded query={query}>
        {(figures) => (
          <>
            <Tiles figures={figures} />
            <div className="el-board-parts">
              <section className="el-sheet" data-testid="board-queues">
                <h2>{t("board.queues")}</h2>
                <dl className="el-ratings">
                  {figures.queues.map(({ queue, name, waiting, longest_wait_s }) => (
                    <QueueLine key={queue} name={name} waiting={waiting} longest={longest_wait_s} />
                  ))}
                </dl>
                <h2 className="el-board-second">{t("board.alerts")}</h2>
                <Alerts figures={figures} />
              </section>
              <section className="el-sheet" data-testid="board-ratings">
                <h2>{t("board.ratings")}</h2>
                <Ratings ratings={figures.ratings} />
              </section>
            </div>
            <AgentTable desk={desk} agents={figures.agents} />
          </>
        )}
      </Loaded>
      <CaseTable desk={desk} onMove={setMoved} onRead={setRead} />
      {moved && <TransferDialog item={moved} desk={desk} onClose={() => setMoved(null)} />}
      {read && <LogDrawer item={read} onClose={() => setRead(null)} />}
    </div>
  );
}

function Tiles({ figures }: { figures: Figures }) {
  const { t } = useText();
  const longest = figures.waiting > 0 ? spanWords(figures.longest_wait_s, t) : "—";
  const average = figures.rating_count > 0 && figures.rating_average !== null ? figures.rating_average.toFixed(1) : "—";
  return (
    <div className="el-tiles" data-testid="board-tiles">
      <Tile name={t("board.waiting")} value={figures.waiting} />
      <Tile name={t("board.longest")} value={longest} />
      <Tile name={t("board.serving")} value={figures.serving} />
      <Tile name={t("board.closed")} value={figures.closed_today} />
      <Tile name={t("board.breaches")} value={figures.breaches_today} late={figures.breaches_today > 0} />
      <Tile name={t("board.rating")} value={average} under={t("board.ratingCount", { count: figures.rating_count })} />
    </div>
  );
}

function Tile({ name, value, under = "", late = false }: { name: string; value: ReactNode; under?: string; late?: boolean }) {
  return (
    <div className={late ? "el-tile el-tile-late" : "el-tile"}>
      <span>{name}</span>
      <b className={typeof value === "string" && value.length > 4 ? "el-tile-words" : ""}>{value}</b>
      {under && <small>{under}</small>}
    </div>
  );
}

function QueueLine({ name, waiting, longest }: { name: string; waiting: number; longest: number }) {
  const { t } = useText();
  return (
    <div className="el-queue-line">
      <dt>{name}</dt>
      <dd>
        {t("desk.waitingN", { count: waiting })}
        {waiting > 0 && ` · ${t("board.longestIs", { span: spanWords(longest, t) })}`}
      </dd>
    </div>
  );
}

function Alerts({ figures }: { figures: Figures }) {
  const { t } = useText();
  if (figures.alerts.length === 0) return <p className="el-desk-empty">{t("board.noAlerts")}</p>;
  return (
    <ul className="el-alerts" data-testid="board-alerts">
      {figures.alerts.map((alert) => (
        <li key={`${alert.case} ${alert.clock}`}>
          <span className={`el-clock el-clock-${alert.state === "breached" ? "late" : "warn"}`}>
            {t(`alert.${alert.state}`)}
          </span>
          {[alert.customer_name, wordOf("clock", alert.clock, t), alert.agent_name].filter(Boolean).join(" · ")}
        </li>
      ))}
    </ul>
  );
}

function Ratings({ ratings }: { ratings: readonly number[] }) {
  const { t } = useText();
  const most = Math.max(1, ...ratings);
  if (ratings.every((count) => count === 0)) return <p className="el-desk-empty">{t("board.noRatings")}</p>;
  return (
    <div className="el-ratings">
      {ratings
        .map((count, place) => ({ count, stars: place + 1 }))
        .reverse()
        .flatMap(({ count, stars }) => [
          <span key={`s${stars}`}>{t("board.stars", { stars })}</span>,
          <i key={`i${stars}`} style={{ width: `${(count / most) * 100}%` }} />,
          <span key={`c${stars}`}>{count}</span>,
        ])}
    </div>
  );
}
