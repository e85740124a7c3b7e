/** A button that asks once more before it does what cannot be undone. */

import { useState } from "react";
import { useText } from "../text/language";

interface Props {
  readonly label: string;
  readonly question: string;
  readonly testId: string;
  readonly busy?: boolean;
  readonly onSure: () => void;
}

export function Sure({ label, question, testId, busy = false, onSure }: Props) {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button type="button" className="el-plain el-danger" data-testid={testId} onClick={() => setAsking(true)}>
        {label}
      </button>
    );
  }
  return (
    <span className="el-sure" role="alertdialog" aria-label={label}>
      <span>{question}</span>
      <button type="button" className="el-chip" onClick={() => setAsking(false)}>
        {t("app.cancel")}
      </button>
      <button type="button" className="el-chip el-chip-red" data-testid={`${testId}-sure`} disabled={busy} onClick={onSure}>
        {t("app.confirm")}
      </button>
    </span>
  );
}
