/** A desk's settings: hours and holidays, queues, who sits there with which skills, promises, replies. */

import { useQuery } from "@tanstack/react-query";
import { App, Button, Tabs } from "antd";
import { useState, type ReactNode } from "react";
import type { DeskItem, DeskSettings } from "../../../shared/assist/shapes";
import { useSession } from "../../../shared/session/session";
import { useText } from "../../../shared/text/language";
import { Loaded } from "../../../shared/ui/loaded";
import { DeskChosen } from "../../shared/desk/desk-chosen";
import { deskPath, useDeskAction } from "../../shared/desk/use-desk";
import { HoursForm } from "./hours-form";
import { QueueForm } from "./queue-form";
import { ReplyTable } from "./reply-table";
import { StaffForm } from "./staff-form";
import { TargetForm } from "./target-form";

export function SettingsScreen() {
  return <DeskChosen>{(desk, choice) => <OfDesk key={desk.desk} desk={desk} choice={choice} />}</DeskChosen>;
}

function OfDesk({ desk, choice }: { desk: DeskItem; choice: ReactNode }) {
  const { t } = useText();
  const { api } = useSession();
  const query = useQuery({
    // Not among what is asked again when the desk moves: somebody may be changing it here.
    queryKey: ["desk-settings", desk.desk],
    queryFn: () => api.get<DeskSettings>(deskPath(desk.desk, "settings")),
    refetchOnWindowFocus: false,
  });
  return (
    <div className="el-screen el-settings">
      <div className="el-screen-head">
        <h1>{t("settings.of", { name: desk.name })}</h1>
        {choice}
      </div>
      <Loaded query={query}>
        {(told) => <Edited key={told.version} desk={desk} told={told} onSaved={() => void query.refetch()} />}
      </Loaded>
    </div>
  );
}

interface EditedProps {
  readonly desk: DeskItem;
  readonly told: DeskSettings;
  readonly onSaved: () => void;
}

export interface FormProps {
  readonly settings: DeskSettings;
  readonly readOnly: boolean;
  readonly onChange: (change: Partial<DeskSettings>) => void;
}

function Edited({ desk, told, onSaved }: EditedProps) {
  const { t, errorText } = useText();
  const { message } = App.useApp();
  const [settings, setSettings] = useState(told);
  const readOnly = desk.role !== "administrator";
  const save = useDeskAction((api, given: DeskSettings) => api.put<DeskSettings>(deskPath(desk.desk, "settings"), given));
  const form: FormProps = {
    settings,
    readOnly,
    onChange: (change) => setSettings({ ...settings, ...change }),
  };
  const changed = settings !== told;
  const send = () =>
    save.mutate(settings, {
      onSuccess: () => {
        void message.success(t("settings.saved"));
        onSaved();
      },
      onError: (error) => void message.error(errorText(error)),
    });
  return (
    <div className="el-sheet">
      {readOnly && <p className="el-hint">{t("settings.readOnly")}</p>}
      <Tabs
        items={[
          { key: "hours", label: tab("hours", t("settings.hours")), children: <HoursForm {...form} /> },
          { key: "queues", label: tab("queues", t("board.queues")), children: <QueueForm {...form} /> },
          { key: "staff", label: tab("staff", t("settings.staff")), children: <StaffForm {...form} /> },
          { key: "targets", label: tab("targets", t("settings.targets")), children: <TargetForm {...form} /> },
          { key: "replies", label: tab("replies", t("desk.replies")), children: <ReplyTable desk={desk} /> },
        ]}
      />
      {!readOnly && (
        <div className="el-settings-foot">
          <Button disabled={!changed} onClick={() => setSettings(told)}>
            {t("settings.undo")}
          </Button>
          <Button type="primary" data-testid="settings-save" disabled={!changed} loading={save.isPending} onClick={send}>
            {t("settings.save")}
          </Button>
        </div>
      )}
    </div>
  );
}

function tab(key: string, label: string): ReactNode {
  return <span data-testid={`settings-${key}`}>{label}</span>;
}
