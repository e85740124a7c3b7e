/** Everybody in a group, and what one may do to each. */

import { useState } from "react";
import type { GroupItem, GroupMember } from "@shared/wire/generated";
import { useChat } from "../session/session";
import { isTextKey, useText } from "../text/language";
import { Avatar } from "../ui/avatar";
import { TrustBadge } from "../ui/trust-badge";
import { Sure } from "./sure";
import { groupPath, memberPath, useGroupAction, useGroupMembers } from "./use-group";

const RANK: Readonly<Record<string, number>> = { owner: 2, admin: 1, member: 0 };
const rankOf = (role: string) => RANK[role] ?? 0;

interface Props {
  readonly group: GroupItem;
  readonly onProblem: (error: unknown) => void;
}

export function MemberList({ group, onProblem }: Props) {
  const { t } = useText();
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useGroupMembers(group.conv);
  const [open, setOpen] = useState("");
  const members = (data?.pages.flatMap((page) => page.members) ?? []).toSorted((a, b) => rankOf(b.role) - rankOf(a.role));
  return (
    <section>
      <h2>
        {t("group.members")} <small>{t("group.count", { count: group.members })}</small>
      </h2>
      <div className="el-group-list">
        {members.map((member) => (
          <MemberLine
            key={member.user}
            group={group}
            member={member}
            open={open === member.user}
            onOpen={() => setOpen(open === member.user ? "" : member.user)}
            onProblem={onProblem}
          />
        ))}
      </div>
      {hasNextPage && (
        <div className="el-group-actions">
          <button type="button" className="el-chip" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t("group.more")}
          </button>
        </div>
      )}
    </section>
  );
}

interface LineProps extends Props {
  readonly member: GroupMember;
  readonly open: boolean;
  readonly onOpen: () => void;
}

function MemberLine({ group, member, open, onOpen, onProblem }: LineProps) {
  const { t } = useText();
  const { user: me } = useChat();
  const may = rankOf(group.role) > 0 && rankOf(group.role) > rankOf(member.role);
  const role = `group.role.${member.role}`;
  return (
    <div className="el-group-member" data-testid={`member-${member.user}`} data-role={member.role}>
      <div className="el-group-line">
        <Avatar name={member.name} size={34} />
        <span>
          <strong>
            {member.name} {member.user === me && <small>({t("group.me")})</small>}
            <TrustBadge badge={member.badge} />
          </strong>
          {member.silenced && <small>{t("group.silenced")}</small>}
        </span>
        {member.role !== "member" && <em>{isTextKey(role) ? t(role) : member.role}</em>}
        {may && (
          <button type="button" className="el-plain el-group-more" aria-label={t("group.actions")} aria-expanded={open} data-testid={`actions-${member.user}`} onClick={onOpen}>
            ⋯
          </button>
        )}
      </div>
      {open && may && <MemberActions group={group} member={member} onDone={onOpen} onProblem={onProblem} />}
    </div>
  );
}

function MemberActions({ group: { conv, role }, member, onDone, onProblem }: Props & { member: GroupMember; onDone: () => void }) {
  const { t } = useText();
  const { user, name } = member;
  const change = useGroupAction((api, changes: { role?: string; silenced?: boolean }) => api.patch(memberPath(conv, user), changes), onDone);
  const remove = useGroupAction<null>((api) => api.delete(memberPath(conv, user)), onDone);
  const handOver = useGroupAction<null>((api) => api.post(groupPath(conv, "/owner"), { user }), onDone);
  const told = { onError: onProblem };
  const admin = member.role === "admin";
  return (
    <div className="el-group-actions">
      <button type="button" className="el-chip" data-testid="silence" onClick={() => change.mutate({ silenced: !member.silenced }, told)}>
        {t(member.silenced ? "group.unsilence" : "group.silence")}
      </button>
      {role === "owner" && (
        <button type="button" className="el-chip" data-testid="make-admin" onClick={() => change.mutate({ role: admin ? "member" : "admin" }, told)}>
          {t(admin ? "group.unmakeAdmin" : "group.makeAdmin")}
        </button>
      )}
      {role === "owner" && (
        <Sure label={t("group.handOver")} question={t("group.handOverAsk", { name })} testId="hand-over" onSure={() => handOver.mutate(null, told)} />
      )}
      <Sure label={t("group.remove")} question={t("group.removeAsk", { name })} testId="remove" onSure={() => remove.mutate(null, told)} />
    </div>
  );
}
