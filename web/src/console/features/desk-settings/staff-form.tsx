import { Button, Input, InputNumber, Select, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import type { DeskSettings } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import { Words } from "./queue-form";
import type { FormProps } from "./settings-screen";

type Staff = DeskSettings["staff"][number];
const MOST = 20;

/** Who sits at the desk: queues, skills, and how many customers at a time. */
export function StaffForm({ settings, readOnly, onChange }: FormProps) {
  const { t } = useText();
  const [user, setUser] = useState("");
  const { staff, queues } = settings;
  const set = (who: string, change: Partial<Staff>) =>
    onChange({ staff: staff.map((each) => (each.user === who ? { ...each, ...change } : each)) });
  const columns: TableColumnsType<Staff> = [
    { title: t("settings.user"), dataIndex: "user", width: 120 },
    {
      title: t("settings.role"),
      width: 130,
      render: (_, { user: who, role }) => (
        <Select
          aria-label={t("settings.role")}
          value={role}
          disabled={readOnly}
          style={{ width: 112 }}
          onChange={(next) => set(who, { role: next })}
          options={(["agent", "supervisor"] as const).map((each) => ({ value: each, label: t(`role.${each}`) }))}
        />
      ),
    },
    {
      title: t("board.queues"),
      render: (_, { user: who, queues: of }) => (
        <Select
          mode="multiple"
          aria-label={t("board.queues")}
          value={[...of]}
          disabled={readOnly}
          style={{ minWidth: 160, width: "100%" }}
          onChange={(next: string[]) => set(who, { queues: next })}
          options={queues.map(({ queue, name }) => ({ value: queue, label: name }))}
        />
      ),
    },
    {
      title: t("settings.skills"),
      render: (_, { user: who, skills }) => (
        <Words label={t("settings.skills")} value={skills} disabled={readOnly} onChange={(next) => set(who, { skills: next })} />
      ),
    },
    {
      title: t("settings.capacity"),
      width: 110,
      render: (_, { user: who, capacity }) => (
        <InputNumber
          aria-label={t("settings.capacity")}
          min={1}
          max={MOST}
          value={capacity}
          disabled={readOnly}
          onChange={(next) => next && set(who, { capacity: next })}
        />
      ),
    },
    ...(readOnly
      ? []
      : [
          {
            title: "",
            width: 80,
            render: (_: unknown, { user: who }: Staff) => (
              <Button size="small" onClick={() => onChange({ staff: staff.filter((each) => each.user !== who) })}>
                {t("settings.remove")}
              </Button>
            ),
          },
        ]),
  ];
  return (
    <>
      <Table rowKey="user" size="small" pagination={false} columns={columns} dataSource={[...staff]} scroll={{ x: 820 }} />
      {!readOnly && (
        <div className="el-spans el-settings-add">
          <Input
            style={{ width: 200 }}
            placeholder={t("settings.newStaff")}
            aria-label={t("settings.newStaff")}
            value={user}
            onChange={(event) => setUser(event.target.value.trim())}
          />
          <Button
            disabled={!user || staff.some((each) => each.user === user)}
            onClick={() => {
              const first = queues[0]?.queue;
              onChange({ staff: [...staff, { user, role: "agent", skills: [], queues: first ? [first] : [], capacity: 3 }] });
              setUser("");
            }}
          >
            {t("settings.add")}
          </Button>
        </div>
      )}
    </>
  );
}
