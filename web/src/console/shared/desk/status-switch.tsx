import { App, Select } from "antd";
import type { StaffStatus } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import { useOwnStatus, useSetStatus } from "./use-desk";
import "./desk.css";

const STATUSES: readonly StaffStatus[] = ["available", "busy", "away"];

/** Whether one takes new cases: 在线, 忙碌, 离开. */
export function StatusSwitch() {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const { data } = useOwnStatus();
  const set = useSetStatus();
  return (
    <Select<StaffStatus>
      className="el-status"
      data-testid="staff-status"
      aria-label={t("status.label")}
      value={data?.status ?? "away"}
      disabled={!data}
      loading={set.isPending}
      onChange={(status) => set.mutate(status, { onError: (error) => void message.error(errorText(error)) })}
      options={STATUSES.map((status) => ({
        value: status,
        label: (
          <span data-testid={`status-${status}`}>
            <i className={`el-dot el-dot-${status}`} /> {t(`status.${status}`)}
          </span>
        ),
      }))}
    />
  );
}
