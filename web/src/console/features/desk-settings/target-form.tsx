import { InputNumber, Switch } from "antd";
import { useText } from "../../../shared/text/language";
import type { FormProps } from "./settings-screen";

const DAY_S = 86_400;
const CLOCKS = ["first_response_s", "next_response_s", "resolution_s"] as const;

/** What customers are promised, in seconds of business time, and when a clock begins to warn. */
export function TargetForm({ settings, readOnly, onChange }: FormProps) {
  const { t } = useText();
  const { targets } = settings;
  return (
    <div className="el-targets">
      {CLOCKS.map((name) => (
        <label key={name}>
          <span>{t(`settings.${name}`)}</span>
          <InputNumber
            min={1}
            max={30 * DAY_S}
            value={targets[name]}
            disabled={readOnly}
            suffix={t("settings.seconds")}
            onChange={(next) => next && onChange({ targets: { ...targets, [name]: next } })}
          />
        </label>
      ))}
      <label>
        <span>{t("settings.warn")}</span>
        <InputNumber
          min={1}
          max={99}
          value={targets.warn_percent}
          disabled={readOnly}
          suffix="%"
          onChange={(next) => next && onChange({ targets: { ...targets, warn_percent: next } })}
        />
      </label>
      <label>
        <span>{t("settings.reopen")}</span>
        <InputNumber
          min={0}
          max={DAY_S}
          value={settings.reopen_s}
          disabled={readOnly}
          suffix={t("settings.seconds")}
          onChange={(next) => next !== null && onChange({ reopen_s: next })}
        />
      </label>
      <label>
        <span>{t("settings.covers")}</span>
        <Switch
          checked={settings.covers_managers}
          disabled={readOnly}
          onChange={(on) => onChange({ covers_managers: on })}
        />
      </label>
    </div>
  );
}
