import { useText } from "../text/language";
import { MAX_QUESTION } from "./use-search";
import "./search.css";

interface Props {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly placeholder: string;
  readonly autoFocus?: boolean;
}

export function SearchField({ value, onChange, placeholder, autoFocus = false }: Props) {
  const { t } = useText();
  return (
    <div className="el-search" role="search">
      <input
        type="search"
        data-testid="search-input"
        aria-label={placeholder}
        placeholder={placeholder}
        maxLength={MAX_QUESTION}
        autoComplete="off"
        // The person has just asked for this field.
        autoFocus={autoFocus}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      {value && (
        <button type="button" className="el-plain" aria-label={t("search.clear")} onClick={() => onChange("")}>
          ×
        </button>
      )}
    </div>
  );
}
