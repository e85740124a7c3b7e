/** What was said in a case, for a supervisor; that it was read is on the audit trail. */

import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import type { Body, EventFrame } from "@shared/wire/generated";
import type { CaseItem, LogLine } from "../../../shared/assist/shapes";
import { previewOf } from "../../../shared/chat/preview";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { agentsIn } from "../../../shared/thread/serving";
import { Loaded } from "../../../shared/ui/loaded";
import { casePath } from "../../shared/desk/use-desk";

const LIMIT = 100;
const SHOWN = ["message", "assign"];

export function LogDrawer({ item, onClose }: { item: CaseItem; onClose: () => void }) {
  const { t, language } = useText();
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["desk", "case", item.case, "log"],
    queryFn: () => api.get<LogLine[]>(casePath(item.case, `/log?after=${Math.max(0, firstOf(item) - 1)}&limit=${LIMIT}`)),
    staleTime: Infinity, // each reading is noted: it is not repeated by itself
  });
  return (
    <Drawer open title={t("board.logOf", { name: item.customer_name })} size={520} onClose={onClose}>
      <p className="el-hint">{t("board.logNoted")}</p>
      <Loaded query={query}>
        {(lines) => {
          const events = lines.map((line) => ({ ...line, conv: item.conv, body: line.body as Body }) as EventFrame);
          const agents = agentsIn(events);
          const nameOf = (user: string) =>
            user === item.customer ? item.customer_name : user.startsWith("@") ? t("case.bot") : (agents.get(user) ?? user);
          return (
            <ol className="el-log" data-testid="case-log-lines">
              {events
                .filter(({ kind }) => SHOWN.includes(kind))
                .map((event) =>
                  event.kind === "assign" ? (
                    <li key={event.seq} className="el-log-word">
                      {previewOf(event, t)}
                    </li>
                  ) : (
                  <li key={event.seq} data-ours={event.from !== item.customer}>
                    <span className="el-hint">
                      {nameOf(event.from)} · {fullTime(event.ts, language)}
                    </span>
                    <p>{previewOf(event, t)}</p>
                  </li>
                  ),
                )}
            </ol>
          );
        }}
      </Loaded>
    </Drawer>
  );
}

/** Where the case begins in the conversation's log. */
function firstOf(item: CaseItem): number {
  return item.opened_seq || item.first_seq;
}
