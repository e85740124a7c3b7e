/** Under one's own message in a group: how many have read it, and who. */

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EventFrame, GroupReaders } from "@shared/wire/generated";
import { useSession } from "../session/session";
import { useText } from "../text/language";
import { groupPath } from "./use-group";

interface Props {
  readonly event: EventFrame;
  /** How many others have read it, as far as marks told. */
  readonly count: number;
}

export function ReadBy({ event, count }: Props) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="el-plain el-progress" data-testid="read-by" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t("group.readBy", { count })}
      </button>
      {open && <Readers event={event} count={count} />}
    </>
  );
}

function Readers({ event: { conv, seq }, count }: Props) {
  const { t, errorText } = useText();
  const { api } = useSession();
  const { data, error } = useQuery({
    queryKey: ["group", conv, "readers", seq, count],
    queryFn: () => api.get<GroupReaders>(groupPath(conv, `/readers/${seq}`)),
  });
  if (error) return <span className="el-readers">{errorText(error)}</span>;
  if (!data) return <span className="el-readers">{t("app.loading")}…</span>;
  const names = (members: GroupReaders["read"]) => members.map(({ name }) => name).join(t("member.join"));
  return (
    <span className="el-readers" data-testid="readers">
      <strong>{t("group.readers", { read: data.read.length, unread: data.unread.length })}</strong>
      {data.read.length > 0 && <span>{`${t("chat.read")}: ${names(data.read)}`}</span>}
      {data.unread.length > 0 && <span>{`${t("group.unread")}: ${names(data.unread)}`}</span>}
    </span>
  );
}
