/** Contacts: my account manager fixed on top, who asks, then everybody by what I call them. */

import { Badge } from "antd-mobile";
import { AddOutline, TeamOutline } from "antd-mobile-icons";
import { useMemo, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import type { ContactItem } from "@shared/wire/generated";
import { byCall, calledOf, useContactRequests, useContacts } from "../../../shared/contacts/use-contacts";
import { PresenceDot, PresenceWords } from "../../../shared/presence/presence-sign";
import { usePresences } from "../../../shared/presence/use-presence";
import type { Presence } from "../../../shared/socket/presence";
import { useText } from "../../../shared/text/language";
import { Avatar } from "../../../shared/ui/avatar";
import { Loaded } from "../../../shared/ui/loaded";
import { TrustBadge } from "../../../shared/ui/trust-badge";
import "../../../shared/groups/groups.css";
import "./contacts.css";

export function ContactList() {
  const { t } = useText();
  const navigate = useNavigate();
  const query = useContacts();
  return (
    <>
      <header className="el-head">
        <h1>{t("tab.contacts")}</h1>
        <button
          type="button"
          className="el-plain el-head-end"
          data-testid="add-contact"
          aria-label={t("contact.add")}
          onClick={() => void navigate("/contacts/add")}
        >
          <AddOutline fontSize={26} />
        </button>
      </header>
      <RequestsLine />
      <Loaded query={query}>{(contacts) => <People contacts={contacts} />}</Loaded>
    </>
  );
}

function RequestsLine() {
  const { t } = useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const waiting = useContactRequests().data?.theirs.length ?? 0;
  return (
    <button
      type="button"
      className="el-plain el-line"
      data-testid="contact-requests"
      data-waiting={waiting}
      aria-current={pathname === "/contacts/requests"}
      onClick={() => void navigate("/contacts/requests")}
    >
      <span className="el-contact-sign">
        <TeamOutline fontSize={24} />
      </span>
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{t("contact.new")}</strong>
        </span>
      </span>
      {waiting > 0 && <Badge content={waiting > 99 ? "99+" : waiting} />}
    </button>
  );
}

function People({ contacts }: { contacts: readonly ContactItem[] }) {
  const { t } = useText();
  const [tag, setTag] = useState("");
  const mine = useMemo(() => contacts.filter(({ blocked }) => !blocked).sort(byCall), [contacts]);
  const tags = useMemo(() => [...new Set(mine.flatMap((each) => each.tags))].sort((a, b) => a.localeCompare(b, "zh-CN")), [mine]);
  const presences = usePresences(mine.map(({ user }) => user));
  const chosen = tags.includes(tag) ? tag : "";
  const manager = mine.filter(({ fixed }) => fixed);
  const others = mine.filter((each) => !each.fixed && (!chosen || each.tags.includes(chosen)));
  return (
    <>
      {manager.length > 0 && <h2 className="el-contact-part">{t("contact.manager")}</h2>}
      {manager.map((each) => (
        <ContactLine key={each.user} contact={each} presence={presences.get(each.user)} />
      ))}
      <h2 className="el-contact-part">{t("contact.contacts")}</h2>
      {tags.length > 0 && <TagFilter tags={tags} chosen={chosen} onChoose={setTag} />}
      {others.map((each) => (
        <ContactLine key={each.user} contact={each} presence={presences.get(each.user)} />
      ))}
      {mine.length === manager.length && <p className="el-contact-none">{t("contact.none")}</p>}
    </>
  );
}

function TagFilter({ tags, chosen, onChoose }: { tags: readonly string[]; chosen: string; onChoose: (tag: string) => void }) {
  const { t } = useText();
  return (
    <div className="el-contact-filter" role="toolbar" aria-label={t("contact.tags")}>
      {["", ...tags].map((each) => (
        <button
          key={each}
          type="button"
          className={`el-chip ${each === chosen ? "el-chip-red" : ""}`}
          aria-pressed={each === chosen}
          onClick={() => onChoose(each)}
        >
          {each || t("contact.allTags")}
        </button>
      ))}
    </div>
  );
}

function ContactLine({ contact, presence }: { contact: ContactItem; presence: Presence | undefined }) {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const to = `/contact/${encodeURIComponent(contact.user)}`;
  return (
    <button
      type="button"
      className={`el-plain el-line ${contact.fixed ? "el-line-pinned" : ""}`}
      data-testid={`contact-${contact.name}`}
      aria-current={pathname === to}
      onClick={() => void navigate(to)}
    >
      <PresenceDot presence={presence}>
        <Avatar name={contact.name} size={42} />
      </PresenceDot>
      <span className="el-line-main">
        <span className="el-line-top">
          <strong>{calledOf(contact)}</strong>
          <TrustBadge badge={contact.badge} />
        </span>
        <span className="el-line-sub">
          <span>
            <PresenceWords presence={presence} />
            {contact.tags.map((tag) => (
              <em key={tag} className="el-contact-tag">
                {tag}
              </em>
            ))}
          </span>
        </span>
      </span>
    </button>
  );
}
