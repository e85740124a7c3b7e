/** One contact: what I call them, how I file them, and the ways on and out. */

import { useNavigate, useParams } from "react-router";
import type { ContactItem } from "@shared/wire/generated";
import { calledOf, contactPath, useContactAction, useContacts } from "../../../shared/contacts/use-contacts";
import { ContactNotes } from "../../../shared/contacts/contact-notes";
import { Sure } from "../../../shared/groups/sure";
import { PresenceDot, PresenceWords } from "../../../shared/presence/presence-sign";
import { usePresence } from "../../../shared/presence/use-presence";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";
import { Loaded } from "../../../shared/ui/loaded";
import { TrustBadge } from "../../../shared/ui/trust-badge";
import { Framed } from "./framed";

export function ContactScreen() {
  const { t } = useText();
  const { user = "" } = useParams();
  const query = useContacts();
  return (
    <Framed title={t("contact.details")}>
      <Loaded query={query}>
        {(contacts) => {
          const contact = contacts.find((each) => each.user === user);
          return contact ? <Details contact={contact} /> : <div className="el-state">{t("contact.gone")}</div>;
        }}
      </Loaded>
    </Framed>
  );
}

function Details({ contact }: { contact: ContactItem }) {
  const { t } = useText();
  const navigate = useNavigate();
  const presence = usePresence(contact.user);
  const known = contact.since > 0;
  return (
    <>
      <section className="el-contact-head" data-testid="contact-details">
        <PresenceDot presence={presence}>
          <Avatar name={contact.name} size={60} />
        </PresenceDot>
        <div>
          <h1>
            {calledOf(contact)} <TrustBadge badge={contact.badge} />
          </h1>
          {contact.remark && <p>{t("contact.realName", { name: contact.name })}</p>}
          <PresenceWords presence={presence} />
        </div>
      </section>
      {known && !contact.blocked && <ContactNotes contact={contact} />}
      {contact.blocked && <p className="el-group-problem">{t("contact.youBlocked")}</p>}
      {known && (
        <button type="button" className="el-group-main" data-testid="contact-message" onClick={() => void navigate(`/chat/${encodeURIComponent(contact.conv)}`)}>
          {t("contact.message")}
        </button>
      )}
      {contact.fixed ? <p className="el-contact-hint">{t("contact.managerStays")}</p> : <WaysOut contact={contact} known={known} />}
    </>
  );
}

function WaysOut({ contact, known }: { contact: ContactItem; known: boolean }) {
  const { t, errorText } = useText();
  const navigate = useNavigate();
  const block = useContactAction<boolean>((api, on) =>
    on ? api.put(contactPath(contact.user, "/block"), undefined) : api.delete(contactPath(contact.user, "/block")),
  );
  const remove = useContactAction<null>(
    (api) => api.delete(contactPath(contact.user)),
    () => void navigate("/contacts", { replace: true }),
  );
  const failed = block.error ?? remove.error;
  return (
    <>
      {failed && (
        <p className="el-group-problem" role="alert">
          {errorText(failed)}
        </p>
      )}
      <div className="el-group-ways-out el-contact-ways-out">
        {contact.blocked ? (
          <button type="button" className="el-chip" data-testid="contact-unblock" disabled={block.isPending} onClick={() => block.mutate(false)}>
            {t("contact.unblock")}
          </button>
        ) : (
          <Sure
            label={t("contact.block")}
            question={t("contact.blockAsk")}
            testId="contact-block"
            busy={block.isPending}
            onSure={() => block.mutate(true)}
          />
        )}
        {known && (
          <Sure
            label={t("contact.remove")}
            question={t("contact.removeAsk")}
            testId="contact-remove"
            busy={remove.isPending}
            onSure={() => remove.mutate(null)}
          />
        )}
      </div>
    </>
  );
}
