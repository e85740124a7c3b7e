import { contactPath, useContactAction } from "../../../shared/contacts/use-contacts";
import { useText } from "../../../shared/text/language";

/** Instead of the composer, under a chat with somebody whom I have blocked. */
export function BlockedBar({ user }: { user: string }) {
  const { t, errorText } = useText();
  const unblock = useContactAction<null>((api) => api.delete(contactPath(user, "/block")));
  return (
    <div className="el-readonly el-blocked-bar" data-testid="blocked-bar">
      <span>{unblock.error ? errorText(unblock.error) : t("contact.youBlocked")}</span>
      <button type="button" className="el-chip" disabled={unblock.isPending} onClick={() => unblock.mutate(null)}>
        {t("contact.unblock")}
      </button>
    </div>
  );
}
