/** One device too many: which of them goes so that this one can come in. */

import { useState } from "react";
import type { DeviceItem } from "@shared/wire/generated";
import { useText } from "../text/language";
import { fullTime } from "../text/time";
import { deviceName } from "./device-name";
import "./devices.css";

interface Props {
  readonly devices: readonly DeviceItem[];
  readonly busy: boolean;
  readonly onChosen: (session: string) => void;
  readonly onCancel: () => void;
}

export function DeviceChoice({ devices, busy, onChosen, onCancel }: Props) {
  const { t, language } = useText();
  const byAge = [...devices].sort((one, other) => one.active - other.active);
  const [chosen, choose] = useState(byAge[0]?.session ?? "");
  return (
    <div className="el-device-choice" data-testid="device-choice">
      <h2>{t("devices.tooMany", { count: devices.length })}</h2>
      <p>{t("devices.tooManyHint")}</p>
      {byAge.map((device, place) => (
        <label key={device.session} data-testid="device-choice-line">
          <input
            type="radio"
            name="device"
            checked={chosen === device.session}
            onChange={() => choose(device.session)}
          />
          <span>
            <strong>{deviceName(device, t)}</strong>
            <small>
              {t("devices.active", { time: fullTime(device.active, language) })}
              {place === 0 && ` · ${t("devices.oldest")}`}
            </small>
          </span>
        </label>
      ))}
      <button
        type="button"
        className="el-login-submit"
        data-testid="device-choice-submit"
        disabled={busy || !chosen}
        onClick={() => onChosen(chosen)}
      >
        {t("devices.replace")}
      </button>
      <button type="button" className="el-plain" onClick={onCancel} disabled={busy}>
        {t("app.cancel")}
      </button>
    </div>
  );
}
