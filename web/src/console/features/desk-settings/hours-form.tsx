import { Button, DatePicker, Switch } from "antd";
import type { ReactNode } from "react";
import { useText } from "../../../shared/text/language";
import type { FormProps } from "./settings-screen";
import { SpanInput } from "./span-input";

const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;

/** The week, the statutory calendar, and single days that outrank both. */
export function HoursForm({ settings, readOnly, onChange }: FormProps) {
  const { t } = useText();
  const { week, days } = settings;
  return (
    <div className="el-desk-form">
      <p className="el-hint">{t("settings.hoursHint", { zone: settings.timezone })}</p>
      <div className="el-hours" data-testid="settings-week">
        {DAYS.map((day) => (
          <Day
            key={day}
            label={t(`weekday.${day}`)}
            field={
              <SpanInput
                label={t(`weekday.${day}`)}
                spans={week[day] ?? []}
                disabled={readOnly}
                onChange={(spans) => onChange({ week: DAYS.map((each) => (each === day ? spans : (week[each] ?? []))) })}
              />
            }
          />
        ))}
      </div>
      <label className="el-spans">
        <Switch
          disabled={readOnly}
          checked={settings.calendar === "cn"}
          onChange={(on) => onChange({ calendar: on ? "cn" : "" })}
        />
        {t("settings.calendar")}
        {settings.calendar_until && (
          <span className="el-hint">{t("settings.calendarUntil", { day: settings.calendar_until })}</span>
        )}
      </label>
      <h3>{t("settings.days")}</h3>
      {days.length === 0 && <p className="el-hint">{t("settings.noDays")}</p>}
      {days.map(({ day, hours }) => (
        <div key={day} className="el-spans" data-testid={`settings-day-${day}`}>
          <strong>{day}</strong>
          <SpanInput
            label={day}
            spans={hours}
            disabled={readOnly}
            onChange={(spans) => onChange({ days: days.map((each) => (each.day === day ? { day, hours: spans } : each)) })}
          />
          {!readOnly && (
            <Button size="small" onClick={() => onChange({ days: days.filter((each) => each.day !== day) })}>
              {t("settings.remove")}
            </Button>
          )}
        </div>
      ))}
      {!readOnly && (
        <DatePicker
          aria-label={t("settings.addDay")}
          className="el-settings-date"
          placeholder={t("settings.addDay")}
          value={null}
          onChange={(_, picked) => {
            const day = picked ?? "";
            if (!day || days.some((each) => each.day === day)) return;
            onChange({ days: [...days, { day, hours: [] }].sort((a, b) => a.day.localeCompare(b.day)) });
          }}
        />
      )}
    </div>
  );
}

function Day({ label, field }: { label: string; field: ReactNode }) {
  return (
    <>
      <span>{label}</span>
      {field}
    </>
  );
}
