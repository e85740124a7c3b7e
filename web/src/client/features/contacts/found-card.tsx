/** Somebody who was found, and the step to asking them. */

import { useState } from "react";
import { useNavigate } from "react-router";
import type { ContactOutcome, FoundContact } from "@shared/wire/generated";
import { useContactAction } from "../../../shared/contacts/use-contacts";
import { useMe } from "../../../shared/session/use-me";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";

const LONGEST = 100;

export function FoundCard({ person }: { person: FoundContact }) {
  const { t } = useText();
  const navigate = useNavigate();
  return (
    <div className="el-contact-found" data-testid="found-person" data-state={person.state}>
      <Avatar name={person.name.replace("*", "")} size={52} />
      <strong>{person.name}</strong>
      {person.state === "stranger" && <Asking person={person} />}
      {person.state === "asked" && <p role="status">{t("contact.asked")}</p>}
      {person.state === "self" && <p>{t("contact.self")}</p>}
      {(person.state === "contact" || person.state === "blocked") && (
        <button type="button" className="el-chip" onClick={() => void navigate(`/contact/${encodeURIComponent(person.user)}`)}>
          {t(person.state === "blocked" ? "contact.isBlocked" : "contact.details")}
        </button>
      )}
    </div>
  );
}

function Asking({ person }: { person: FoundContact }) {
  const { t, errorText } = useText();
  const navigate = useNavigate();
  const { data: me } = useMe();
  const [greeting, setGreeting] = useState<string | null>(null);
  const words = greeting ?? t("contact.greetingHint", { name: me?.name ?? "" });
  const ask = useContactAction<string, ContactOutcome>(
    (api, said) => api.post<ContactOutcome>("/v1/contact-requests", { ticket: person.ticket, greeting: said }),
    ({ state, conv }) => {
      if (state === "contact") void navigate(`/chat/${encodeURIComponent(conv)}`);
    },
  );
  if (ask.isSuccess) {
    return (
      <p role="status" data-testid="contact-asked">
        {t("contact.asked")}
      </p>
    );
  }
  return (
    <form
      className="el-contact-asking"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate(words);
      }}
    >
      <label className="el-contact-field">
        {t("contact.greeting")}
        <input data-testid="contact-greeting" maxLength={LONGEST} value={words} onChange={(event) => setGreeting(event.target.value)} />
      </label>
      {ask.error && (
        <p className="el-group-problem" role="alert">
          {errorText(ask.error)}
        </p>
      )}
      <button className="el-group-main" data-testid="contact-ask" disabled={ask.isPending}>
        {t("contact.ask")}
      </button>
    </form>
  );
}
