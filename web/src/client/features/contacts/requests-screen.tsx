/** Who asks to be a contact, and whom I asked. */

import { useNavigate } from "react-router";
import type { ContactAskedItem, ContactOutcome, ContactRequestItem } from "@shared/wire/generated";
import { useContactAction, useContactRequests } from "../../../shared/contacts/use-contacts";
import { useText } from "../../../shared/text/language";
import { fullTime } from "../../../shared/text/time";
import { Avatar } from "../../../shared/ui/avatar";
import { Loaded } from "../../../shared/ui/loaded";
import { Framed } from "./framed";

export function RequestsScreen() {
  const { t } = useText();
  const query = useContactRequests();
  return (
    <Framed title={t("contact.new")}>
      <Loaded query={query}>
        {({ theirs, mine }) => (
          <>
            <section>
              <h2>{t("contact.theirs")}</h2>
              {theirs.map((request) => (
                <Their key={request.user} request={request} />
              ))}
              {theirs.length === 0 && <p className="el-group-none">{t("contact.newNone")}</p>}
              {theirs.length > 0 && <p className="el-contact-hint">{t("contact.refuseHint")}</p>}
            </section>
            {mine.length > 0 && (
              <section>
                <h2>{t("contact.mine")}</h2>
                {mine.map((request) => (
                  <Mine key={`${request.name}${request.at}`} request={request} />
                ))}
              </section>
            )}
          </>
        )}
      </Loaded>
    </Framed>
  );
}

function Their({ request }: { request: ContactRequestItem }) {
  const { t, language, errorText } = useText();
  const navigate = useNavigate();
  const path = `/v1/contact-requests/${encodeURIComponent(request.user)}`;
  const accept = useContactAction<null, ContactOutcome>(
    (api) => api.post<ContactOutcome>(path),
    ({ conv }) => void navigate(`/chat/${encodeURIComponent(conv)}`),
  );
  const refuse = useContactAction<null>((api) => api.delete(path));
  const failed = accept.error ?? refuse.error;
  const busy = accept.isPending || refuse.isPending;
  return (
    <div className="el-group-line el-group-member" data-testid={`request-${request.name}`}>
      <Avatar name={request.name} size={42} />
      <span>
        <strong>{request.name}</strong>
        {request.greeting && <span className="el-contact-greeting">{request.greeting}</span>}
        <small>{t("contact.until", { time: fullTime(request.expires, language) })}</small>
        {failed && <small role="alert">{errorText(failed)}</small>}
        <span className="el-group-actions">
          <button type="button" className="el-chip el-chip-red" data-testid="accept" disabled={busy} onClick={() => accept.mutate(null)}>
            {t("contact.accept")}
          </button>
          <button type="button" className="el-chip" data-testid="refuse" disabled={busy} onClick={() => refuse.mutate(null)}>
            {t("contact.refuse")}
          </button>
        </span>
      </span>
    </div>
  );
}

function Mine({ request }: { request: ContactAskedItem }) {
  const { t, language } = useText();
  return (
    <div className="el-group-line el-group-member">
      <Avatar name={request.name.replace("*", "")} size={42} />
      <span>
        <strong>{request.name}</strong>
        <span className="el-contact-greeting">{request.greeting}</span>
        <small>
          {t("contact.asked")} · {t("contact.until", { time: fullTime(request.expires, language) })}
        </small>
      </span>
    </div>
  );
}
