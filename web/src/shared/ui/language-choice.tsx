import { LANGUAGES, useText } from "../text/language";

export function LanguageChoice() {
  const { language, setLanguage } = useText();
  return (
    <span className="el-languages">
      {LANGUAGES.map(({ code, name }) => (
        <button
          key={code}
          type="button"
          className="el-plain"
          aria-pressed={code === language}
          data-testid={`language-${code}`}
          onClick={() => setLanguage(code)}
        >
          {name}
        </button>
      ))}
    </span>
  );
}
