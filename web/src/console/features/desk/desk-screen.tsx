/** An agent's desk: who waits, whom one serves, and the conversation with one of them. */

import { type ReactNode } from "react";
import { useLocation, useNavigate } from "react-router";
import type { DeskItem } from "../../../shared/assist/shapes";
import { useText, type Language, type Translate } from "../../../shared/text/language";
import { useNow } from "../../../shared/ui/use-now";
import { fullTime } from "../../../shared/text/time";
import { DeskChosen } from "../../shared/desk/desk-chosen";
import { StatusSwitch } from "../../shared/desk/status-switch";
import { CaseLines } from "./case-lines";
import { CasePane } from "./case-pane";

export function DeskScreen() {
  return <DeskChosen>{(desk, choice) => <Desk key={desk.desk} desk={desk} choice={choice} />}</DeskChosen>;
}

function Desk({ desk, choice }: { desk: DeskItem; choice: ReactNode }) {
  const { t, language } = useText();
  const now = useNow(60_000);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const chosen = decodeURIComponent(pathname.split("/")[2] ?? "");
  const enter = (id: string) => void navigate(id ? `/desk/${encodeURIComponent(id)}` : "/desk");
  return (
    <div className="el-deskroom">
      <div className="el-inbox-list">
        <header className="el-deskroom-head">
          <div>
            <h1>{desk.name}</h1>
            <span className="el-hint" data-testid="desk-open">
              {hoursWords(desk, now, t, language)}
            </span>
          </div>
          <StatusSwitch />
        </header>
        {choice}
        <CaseLines desk={desk} chosen={chosen} onChoose={enter} />
      </div>
      {chosen ? (
        <CasePane key={chosen} id={chosen} desk={desk} onGone={() => enter("")} />
      ) : (
        <div className="el-state">{t("desk.pick")}</div>
      )}
    </div>
  );
}

const SOON_MS = 12 * 3_600_000;

/** A close that is far away says nothing. */
function hoursWords({ open, opens, closes }: DeskItem, now: number, t: Translate, language: Language): string {
  if (!open) return opens === null ? t("desk.shutNow") : t("desk.shut", { time: fullTime(opens, language) });
  return closes === null || closes - now > SOON_MS ? t("desk.openNow") : t("desk.open", { time: fullTime(closes, language) });
}
