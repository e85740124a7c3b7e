/** A manager makes a group of her own customers, a customer one of his contacts. */

import { useState } from "react";
import type { GroupItem } from "@shared/wire/generated";
import { useMe } from "../session/use-me";
import { useText } from "../text/language";
import { Loaded } from "../ui/loaded";
import { PeoplePicker } from "./people-picker";
import { useAcquaintances } from "./use-acquaintances";
import { useGroupAction } from "./use-group";
import "./groups.css";

export function GroupForm({ onMade }: { onMade: (conv: string) => void }) {
  const { t, errorText } = useText();
  const known = useAcquaintances();
  const links = useMe().data?.role === "manager"; // only they give out links
  const [title, setTitle] = useState("");
  const [members, setMembers] = useState<readonly string[]>([]);
  const [approval, setApproval] = useState(false);
  const make = useGroupAction(
    (api, draft: { title: string; members: readonly string[]; approval: boolean }) =>
      api.post<GroupItem>("/v1/groups", draft),
    ({ conv }) => onMade(conv),
  );
  return (
    <form
      className="el-group"
      data-testid="group-form"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate({ title: title.trim(), members, approval });
      }}
    >
      <label className="el-group-field">
        <span>{t("group.title")}</span>
        <input
          data-testid="group-title"
          value={title}
          maxLength={64}
          placeholder={t("group.titleHint")}
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      <section>
        <h2>
          {t("group.pick")} <small>{t("group.picked", { count: members.length })}</small>
        </h2>
        <Loaded query={known}>
          {(all) => <PeoplePicker people={all} picked={members} onPick={setMembers} />}
        </Loaded>
      </section>
      {links && <label className="el-group-switch">
        <span>{t("group.approvalHint")}</span>
        <input type="checkbox" checked={approval} onChange={(event) => setApproval(event.target.checked)} />
      </label>}
      {make.error && <p className="el-group-problem" role="alert">{errorText(make.error)}</p>}
      <button className="el-group-main" data-testid="group-create" disabled={!title.trim() || make.isPending}>
        {t("group.create")}
      </button>
    </form>
  );
}
