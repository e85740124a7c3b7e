import { useState } from "react";
import { useText } from "../text/language";
import { PeoplePicker } from "./people-picker";
import { useAcquaintances } from "./use-acquaintances";
import { groupPath, useGroupAction, useGroupMembers } from "./use-group";

/** Brings those in whom one knows and who are not in the group yet. */
export function InviteAcquaintances({ conv }: { conv: string }) {
  const { t, errorText } = useText();
  const [open, setOpen] = useState(false);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const known = useAcquaintances();
  const members = useGroupMembers(conv);
  const inside = new Set(members.data?.pages.flatMap((page) => page.members.map(({ user }) => user)));
  const invite = useGroupAction(
    (api, users: readonly string[]) => api.post(groupPath(conv, "/members"), { users }),
    () => {
      setPicked([]);
      setOpen(false);
    },
  );
  return (
    <section>
      <h2>{t("group.invite")}</h2>
      {open && (
        <PeoplePicker
          people={(known.data ?? []).filter(({ user }) => !inside.has(user))}
          picked={picked}
          onPick={setPicked}
        />
      )}
      {invite.error && <p className="el-group-problem" role="alert">{errorText(invite.error)}</p>}
      <div className="el-group-actions">
        {open ? (
          <button
            type="button"
            className="el-chip el-chip-red"
            data-testid="invite-send"
            disabled={!picked.length || invite.isPending}
            onClick={() => invite.mutate(picked)}
          >
            {t("app.confirm")}
          </button>
        ) : (
          <button type="button" className="el-chip" data-testid="invite-customers" onClick={() => setOpen(true)}>
            {t("group.pick")}
          </button>
        )}
      </div>
    </section>
  );
}
