import { useText } from "../text/language";
import { Avatar } from "../ui/avatar";
import { groupPath, useGroupAction, useJoinRequests } from "./use-group";

/** Who waits to be let in; nothing when nobody does. */
export function JoinRequests({ conv }: { conv: string }) {
  const { t, errorText } = useText();
  const { data } = useJoinRequests(conv, true);
  const answer = useGroupAction((api, { user, yes }: { user: string; yes: boolean }) => {
    const path = groupPath(conv, `/requests/${encodeURIComponent(user)}`);
    return yes ? api.post(path) : api.delete(path);
  });
  if (!data?.length) return null;
  return (
    <section data-testid="join-requests">
      <h2>{t("group.requests")}</h2>
      {answer.error && <p className="el-group-problem" role="alert">{errorText(answer.error)}</p>}
      <div className="el-group-list">
        {data.map(({ user, name, inviter }) => (
          <div key={user} className="el-group-line">
            <Avatar name={name} size={34} />
            <span>
              <strong>{name}</strong>
              <small>{t("group.requestBy", { name: inviter })}</small>
            </span>
            <button type="button" className="el-chip" onClick={() => answer.mutate({ user, yes: false })}>
              {t("group.refuse")}
            </button>
            <button type="button" className="el-chip el-chip-red" data-testid={`approve-${user}`} onClick={() => answer.mutate({ user, yes: true })}>
              {t("group.approve")}
            </button>
          </div>
        ))}
      </div>
    </section>
  );
}
