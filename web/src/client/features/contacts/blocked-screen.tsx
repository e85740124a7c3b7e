/** Whom I have blocked, and the way back. */

import { contactPath, calledOf, useContactAction, useContacts } from "../../../shared/contacts/use-contacts";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";
import { Loaded } from "../../../shared/ui/loaded";
import { Framed } from "./framed";

export function BlockedScreen() {
  const { t, errorText } = useText();
  const query = useContacts();
  const unblock = useContactAction<string>((api, user) => api.delete(contactPath(user, "/block")));
  return (
    <Framed title={t("contact.blocked")} back="/me/privacy">
      <section>
        {unblock.error && (
          <p className="el-group-problem" role="alert">
            {errorText(unblock.error)}
          </p>
        )}
        <Loaded query={query}>
          {(contacts) => {
            const blocked = contacts.filter((each) => each.blocked);
            if (blocked.length === 0) return <p className="el-group-none">{t("contact.blockedNone")}</p>;
            return blocked.map((contact) => (
              <div key={contact.user} className="el-group-line el-group-member" data-testid={`blocked-${contact.name}`}>
                <Avatar name={contact.name} size={42} />
                <span>
                  <strong>{calledOf(contact)}</strong>
                </span>
                <button type="button" className="el-chip" data-testid="unblock" disabled={unblock.isPending} onClick={() => unblock.mutate(contact.user)}>
                  {t("contact.unblock")}
                </button>
              </div>
            ));
          }}
        </Loaded>
      </section>
    </Framed>
  );
}
