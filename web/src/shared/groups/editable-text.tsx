import { useState } from "react";
import { useText } from "../text/language";

interface Props {
  readonly label: string;
  readonly text: string;
  readonly none?: string;
  readonly longest: number;
  readonly may: boolean;
  readonly testId: string;
  readonly onSave: (text: string) => void;
}

/** A text with its name, which those who may can change in its place. */
export function EditableText({ label, text, none = "", longest, may, testId, onSave }: Props) {
  const { t } = useText();
  const [draft, setDraft] = useState<string | null>(null);
  if (draft === null) {
    return (
      <div className="el-group-text">
        <h2>{label}</h2>
        <p className={text ? "" : "el-group-none"}>{text || none}</p>
        {may && (
          <button type="button" className="el-chip" data-testid={testId} onClick={() => setDraft(text)}>
            {t("group.rename")}
          </button>
        )}
      </div>
    );
  }
  return (
    <form
      className="el-group-text"
      onSubmit={(event) => {
        event.preventDefault();
        if (draft.trim() !== text) onSave(draft.trim());
        setDraft(null);
      }}
    >
      <h2>{label}</h2>
      <textarea
        data-testid={`${testId}-text`}
        aria-label={label}
        value={draft}
        rows={longest > 100 ? 3 : 1}
        maxLength={longest}
        onChange={(event) => setDraft(event.target.value)}
      />
      <button type="button" className="el-chip" onClick={() => setDraft(null)}>
        {t("app.cancel")}
      </button>
      <button className="el-chip el-chip-red" data-testid={`${testId}-save`} disabled={none === "" && !draft.trim()}>
        {t("group.save")}
      </button>
    </form>
  );
}
