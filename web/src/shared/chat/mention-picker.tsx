/** Opens while `@…` is typed in a group: whom to name. The owner and admins may name everyone. */

import { useEffect } from "react";
import type { GroupMember } from "@shared/wire/generated";
import { useGroup, useGroupMembers } from "../groups/use-group";
import { useChat } from "../session/session";
import { useText } from "../text/language";
import { Avatar } from "../ui/avatar";

const SHOWN = 6;
const EVERYONE = "*";

export interface Named {
  readonly user: string;
  readonly name: string;
}

interface Props {
  readonly conv: string;
  /** What stands behind the `@`. */
  readonly sought: string;
  readonly onPick: (named: Named) => void;
}

export function MentionPicker({ conv, sought, onPick }: Props) {
  const { t } = useText();
  const { user } = useChat();
  const { data: group } = useGroup(conv);
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useGroupMembers(conv);
  const leads = group?.role === "owner" || group?.role === "admin";
  const everyone: Named[] = leads ? [{ user: EVERYONE, name: t("message.everyone") }] : [];
  const others = (data?.pages.flatMap((page) => page.members) ?? []).filter((member) => isOther(member, user));
  const found = [...everyone, ...others].filter(({ name }) => name.includes(sought));
  const wanting = found.length < SHOWN && hasNextPage && !isFetchingNextPage;
  useEffect(() => {
    if (wanting) void fetchNextPage();
  }, [wanting, fetchNextPage]);
  if (!found.length) return null;
  return (
    <div className="el-mentions" role="listbox" data-testid="mentions">
      {found.slice(0, SHOWN).map((named) => (
        <button
          key={named.user}
          type="button"
          role="option"
          aria-selected={false}
          className="el-plain"
          onClick={() => onPick({ user: named.user, name: named.name })}
        >
          <Avatar name={named.name} account={named.user === EVERYONE} size={28} />
          {named.name}
        </button>
      ))}
    </div>
  );
}

function isOther(member: GroupMember, me: string): boolean {
  return member.present && member.user !== me;
}

/** What is sought at the end of the text; null when nobody is being named. */
export function soughtIn(text: string): string | null {
  return /(?:^|\s|[^\w])@([^\s@]*)$/u.exec(text)?.[1] ?? null;
}

export function withName(text: string, { name }: Named): string {
  return `${text.slice(0, text.lastIndexOf("@"))}@${name} `;
}

/** Those of the named whose names still stand in the text. */
export function mentionsIn(text: string, named: readonly Named[]): string[] {
  return [...new Set(named.filter(({ name }) => text.includes(`@${name}`)).map(({ user }) => user))];
}
