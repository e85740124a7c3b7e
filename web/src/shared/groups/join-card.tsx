/** What a link leads to, and the step inside. */

import { useQuery } from "@tanstack/react-query";
import type { GroupWelcome } from "@shared/wire/generated";
import { useSession } from "../session/session";
import { useText } from "../text/language";
import { Avatar } from "../ui/avatar";
import { Loaded } from "../ui/loaded";
import { useGroupAction } from "./use-group";
import "./groups.css";

export function JoinCard({ token, onEnter }: { token: string; onEnter: (conv: string) => void }) {
  const { t, errorText } = useText();
  const { api } = useSession();
  const query = useQuery({
    queryKey: ["group", "link", token],
    queryFn: () => api.post<GroupWelcome>("/v1/groups/look", { token }),
  });
  const join = useGroupAction<null, GroupWelcome>(
    (each) => each.post<GroupWelcome>("/v1/groups/join", { token }),
    ({ state, conv }) => {
      if (state === "inside") onEnter(conv);
    },
  );
  return (
    <Loaded query={query}>
      {(group) => (
        <div className="el-group-join" data-testid="join-card">
          <Avatar name={group.title} size={72} />
          <h1>{group.title}</h1>
          <p>{t("group.count", { count: group.members })}</p>
          <p>{t("group.joinBy", { name: group.inviter })}</p>
          {join.error && <p className="el-group-problem" role="alert">{errorText(join.error)}</p>}
          {join.data?.state === "asked" ? (
            <p role="status">{t("group.asked")}</p>
          ) : group.state === "inside" ? (
            <button type="button" className="el-group-main" onClick={() => onEnter(group.conv)}>
              {t("group.enter")}
            </button>
          ) : (
            <button type="button" className="el-group-main" data-testid="join-group" disabled={join.isPending} onClick={() => join.mutate(null)}>
              {t(group.approval ? "group.askToJoin" : "group.join")}
            </button>
          )}
        </div>
      )}
    </Loaded>
  );
}
