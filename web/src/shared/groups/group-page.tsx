/** A group's own page: its announcement, settings, invitation, members, and the way out. */

import { useState } from "react";
import type { GroupItem } from "@shared/wire/generated";
import { useText } from "../text/language";
import { Loaded } from "../ui/loaded";
import { EditableText } from "./editable-text";
import { InviteAcquaintances } from "./invite-acquaintances";
import { InviteLink } from "./invite-link";
import { JoinRequests } from "./join-requests";
import { MemberList } from "./member-list";
import { Sure } from "./sure";
import { groupPath, useGroup, useGroupAction } from "./use-group";
import "./groups.css";

interface Props {
  readonly conv: string;
  /** Account managers give out links; customers bring in whom they know, by name. */
  readonly manager: boolean;
  readonly onGone: () => void;
}

export function GroupPage({ conv, manager, onGone }: Props) {
  return (
    <Loaded query={useGroup(conv)}>
      {(group) => <Page group={group} manager={manager} onGone={onGone} />}
    </Loaded>
  );
}

interface Changes {
  readonly title?: string;
  readonly announcement?: string;
  readonly silent?: boolean;
  readonly approval?: boolean;
}

function Page({ group, manager, onGone }: { group: GroupItem } & Omit<Props, "conv">) {
  const { t, errorText } = useText();
  const { conv } = group;
  const governs = group.role === "owner" || group.role === "admin";
  const [problem, setProblem] = useState<unknown>(null);
  const change = useGroupAction((api, changes: Changes) => api.patch(groupPath(conv), changes));
  const leave = useGroupAction((api, dissolve: boolean) =>
    dissolve ? api.delete(groupPath(conv)) : api.post(groupPath(conv, "/leave")), onGone);
  const set = change.isPending ? { ...group, ...change.variables } : group;
  const failed = change.error ?? leave.error ?? problem;
  return (
    <div className="el-group" data-testid="group-page">
      {failed !== null && <p className="el-group-problem" role="alert">{errorText(failed)}</p>}
      <section>
        <EditableText
          label={t("group.title")}
          text={group.title}
          longest={64}
          may={governs}
          testId="group-rename"
          onSave={(title) => change.mutate({ title })}
        />
        <EditableText
          label={t("group.announcement")}
          text={group.announcement}
          none={t("group.noAnnouncement")}
          longest={500}
          may={governs}
          testId="group-announce"
          onSave={(announcement) => change.mutate({ announcement })}
        />
      </section>
      {governs && manager && <InviteLink conv={conv} title={group.title} />}
      {governs && <InviteAcquaintances conv={conv} />}
      {governs && <JoinRequests conv={conv} />}
      {governs && (
        <section>
          <h2>{t("group.settings")}</h2>
          <Switch label={t("group.silentAll")} on={set.silent} testId="group-silent" onSet={(silent) => change.mutate({ silent })} />
          <Switch label={t("group.approval")} on={set.approval} testId="group-approval" onSet={(approval) => change.mutate({ approval })} />
        </section>
      )}
      <MemberList group={group} onProblem={setProblem} />
      <section className="el-group-ways-out">
        {group.role === "owner" ? (
          <Sure label={t("group.dissolve")} question={t("group.dissolveAsk")} testId="group-dissolve" busy={leave.isPending} onSure={() => leave.mutate(true)} />
        ) : (
          <Sure label={t("group.leave")} question={t("group.leaveAsk")} testId="group-leave" busy={leave.isPending} onSure={() => leave.mutate(false)} />
        )}
      </section>
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly on: boolean;
  readonly testId: string;
  readonly onSet: (on: boolean) => void;
}

function Switch({ label, on, testId, onSet }: SwitchProps) {
  return (
    <label className="el-group-switch">
      <span>{label}</span>
      <input type="checkbox" data-testid={testId} checked={on} onChange={(event) => onSet(event.target.checked)} />
    </label>
  );
}
