import { Input } from "antd";
import { useState } from "react";
import type { Span } from "../../../shared/assist/shapes";
import { useText } from "../../../shared/text/language";
import { spansIn, spanText } from "./spans";

interface Props {
  readonly label: string;
  readonly spans: readonly Span[];
  readonly disabled: boolean;
  readonly onChange: (spans: readonly Span[]) => void;
}

/** One day's hours; what cannot be read is marked and changes nothing. */
export function SpanInput({ label, spans, disabled, onChange }: Props) {
  const { t } = useText();
  const [text, setText] = useState(spanText(spans));
  const read = spansIn(text);
  return (
    <span className="el-spans">
      <Input
        aria-label={label}
        value={text}
        disabled={disabled}
        status={read ? "" : "error"}
        placeholder={t("settings.dayClosed")}
        style={{ width: 280 }}
        onChange={(event) => {
          setText(event.target.value);
          const next = spansIn(event.target.value);
          if (next) onChange(next);
        }}
        onBlur={() => read && setText(spanText(read))}
      />
      {!read && <span className="el-case-breached">{t("settings.badHours")}</span>}
    </span>
  );
}
