/** What I call a contact and how I file them: mine alone. */

import { useState } from "react";
import type { ContactItem } from "@shared/wire/generated";
import { EditableText } from "../groups/editable-text";
import { useText } from "../text/language";
import { contactPath, useContactAction } from "./use-contacts";
import "../groups/groups.css";
import "./notes.css";

const LONGEST_REMARK = 32;
const LONGEST_TAG = 16;
const MOST_TAGS = 10;

interface Changes {
  readonly remark?: string;
  readonly tags?: readonly string[];
}

export function ContactNotes({ contact }: { contact: ContactItem }) {
  const { t, errorText } = useText();
  const note = useContactAction((api, changes: Changes) => api.patch(contactPath(contact.user), changes));
  return (
    <section className="el-notes">
      <EditableText
        label={t("contact.remark")}
        text={contact.remark}
        none={t("contact.noRemark")}
        longest={LONGEST_REMARK}
        may
        testId="remark"
        onSave={(remark) => note.mutate({ remark })}
      />
      <Tags tags={contact.tags} onChange={(tags) => note.mutate({ tags })} />
      {note.error && (
        <p className="el-group-problem" role="alert">
          {errorText(note.error)}
        </p>
      )}
    </section>
  );
}

function Tags({ tags, onChange }: { tags: readonly string[]; onChange: (tags: readonly string[]) => void }) {
  const { t } = useText();
  const [draft, setDraft] = useState("");
  const wanted = draft.trim();
  return (
    <div className="el-notes-tags">
      <h2>{t("contact.tags")}</h2>
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          className="el-contact-tag"
          aria-label={t("contact.removeTag", { tag })}
          onClick={() => onChange(tags.filter((each) => each !== tag))}
        >
          {tag} ×
        </button>
      ))}
      {tags.length < MOST_TAGS && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (wanted && !tags.includes(wanted)) onChange([...tags, wanted]);
            setDraft("");
          }}
        >
          <input
            data-testid="tag"
            maxLength={LONGEST_TAG}
            aria-label={t("contact.addTag")}
            placeholder={t("contact.addTag")}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
          />
        </form>
      )}
    </div>
  );
}
