/** The desk that one works at: the first, or the one chosen where there are several. */

import { Select } from "antd";
import { useState, type ReactNode } from "react";
import type { DeskItem } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { useDesks, useDeskSignals } from "./use-desk";
import "./desk.css";

export function DeskChosen({ children }: { children: (desk: DeskItem, choice: ReactNode) => ReactNode }) {
  const { t } = useText();
  const query = useDesks();
  const [chosen, setChosen] = useState("");
  useDeskSignals();
  return (
    <Loaded query={query}>
      {(desks) => {
        const desk = desks.find((each) => each.desk === chosen) ?? desks[0];
        if (!desk) return <div className="el-state">{t("desk.none")}</div>;
        const choice = desks.length > 1 && (
          <Select
            aria-label={t("desk.desk")}
            value={desk.desk}
            onChange={setChosen}
            options={desks.map((each) => ({ value: each.desk, label: each.name }))}
          />
        );
        return children(desk, choice);
      }}
    </Loaded>
  );
}
