/** The bots' page: what they did not understand, where people give up, and which model answers. */

import { Tabs } from "antd";
import { useText } from "../../../shared/text/language";
import { FunnelPanel } from "./funnel-panel";
import { LabelPanel } from "./label-panel";
import { MissedPanel } from "./missed-panel";
import { ModelPanel } from "./model-panel";
import "./bots.css";

export function BotsScreen() {
  const { t } = useText();
  return (
    <div className="el-screen el-bots">
      <div className="el-screen-head">
        <h1>{t("console.bots")}</h1>
      </div>
      <Tabs
        destroyOnHidden
        items={[
          { key: "missed", label: t("bots.missed"), children: <MissedPanel /> },
          { key: "labels", label: t("bots.labels"), children: <LabelPanel /> },
          { key: "funnel", label: t("bots.funnel"), children: <FunnelPanel /> },
          { key: "models", label: t("bots.models"), children: <ModelPanel /> },
        ]}
      />
    </div>
  );
}
