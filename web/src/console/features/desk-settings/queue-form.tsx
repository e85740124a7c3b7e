import { Button, Input, Select, Switch, Table, type TableColumnsType } from "antd";
import { useState } from "react";
import type { DeskSettings } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import type { FormProps } from "./settings-screen";

type Queue = DeskSettings["queues"][number];
const ID = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Where customers wait, which skills serve there, and whether cases are given out by themselves. */
export function QueueForm({ settings, readOnly, onChange }: FormProps) {
  const { t } = useText();
  const [id, setId] = useState("");
  const { queues } = settings;
  const set = (queue: string, change: Partial<Queue>) =>
    onChange({ queues: queues.map((each) => (each.queue === queue ? { ...each, ...change } : each)) });
  const columns: TableColumnsType<Queue> = [
    { title: t("settings.id"), dataIndex: "queue", width: 120 },
    {
      title: t("settings.name"),
      render: (_, { queue, name }) => (
        <Input
          aria-label={t("settings.name")}
          value={name}
          maxLength={64}
          disabled={readOnly}
          onChange={(event) => set(queue, { name: event.target.value })}
        />
      ),
    },
    {
      title: t("settings.skills"),
      render: (_, { queue, skills }) => (
        <Words label={t("settings.skills")} value={skills} disabled={readOnly} onChange={(next) => set(queue, { skills: next })} />
      ),
    },
    {
      title: t("app.language"),
      width: 150,
      render: (_, { queue, language }) => (
        <Select
          aria-label={t("app.language")}
          value={language}
          disabled={readOnly}
          style={{ width: 130 }}
          onChange={(next) => set(queue, { language: next })}
          options={[
            { value: "", label: t("settings.anyLanguage") },
            { value: "zh-CN", label: "简体中文" },
            { value: "en", label: "English" },
          ]}
        />
      ),
    },
    {
      title: t("settings.auto"),
      width: 110,
      render: (_, { queue, auto }) => (
        <Switch aria-label={t("settings.auto")} checked={auto} disabled={readOnly} onChange={(on) => set(queue, { auto: on })} />
      ),
    },
    ...(readOnly
      ? []
      : [
          {
            title: "",
            width: 80,
            render: (_: unknown, { queue }: Queue) => (
              <Button
                size="small"
                disabled={queues.length === 1}
                onClick={() => onChange({ queues: queues.filter((each) => each.queue !== queue) })}
              >
                {t("settings.remove")}
              </Button>
            ),
          },
        ]),
  ];
  return (
    <>
      <Table rowKey="queue" size="small" pagination={false} columns={columns} dataSource={[...queues]} scroll={{ x: 760 }} />
      {!readOnly && (
        <div className="el-spans el-settings-add">
          <Input
            style={{ width: 200 }}
            placeholder={t("settings.newQueue")}
            aria-label={t("settings.newQueue")}
            value={id}
            onChange={(event) => setId(event.target.value.trim())}
          />
          <Button
            disabled={!ID.test(id) || queues.some(({ queue }) => queue === id)}
            onClick={() => {
              onChange({ queues: [...queues, { queue: id, name: id, skills: [], language: "", auto: true }] });
              setId("");
            }}
          >
            {t("settings.add")}
          </Button>
        </div>
      )}
    </>
  );
}

interface WordsProps {
  readonly label: string;
  readonly value: readonly string[];
  readonly disabled: boolean;
  readonly onChange: (words: string[]) => void;
}

/** Words that people type themselves. */
export function Words({ label, value, disabled, onChange }: WordsProps) {
  return (
    <Select
      mode="tags"
      aria-label={label}
      value={[...value]}
      disabled={disabled}
      open={false}
      suffix={null}
      style={{ minWidth: 160, width: "100%" }}
      tokenSeparators={[",", "，", " "]}
      onChange={onChange}
    />
  );
}
