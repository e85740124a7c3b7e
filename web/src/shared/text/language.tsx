/** The chosen language, and `t`: the only way from a key to words on the screen. */

import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { ApiError } from "../http/api";
import { en } from "./en";
import { zhCN, type Catalogue, type TextKey } from "./zh-CN";

const CATALOGUES = { "zh-CN": zhCN, en } satisfies Record<string, Catalogue>;
export type Language = keyof typeof CATALOGUES;
export const LANGUAGES: readonly { code: Language; name: string }[] = [
  { code: "zh-CN", name: "简体中文" },
  { code: "en", name: "English" },
];

export type Translate = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

interface Words {
  readonly language: Language;
  /** Whether somebody chose it on this screen; else it is only where we begin. */
  readonly chosen: boolean;
  readonly setLanguage: (language: Language) => void;
  /** Speak it until the page is left; whoever logs in here next starts anew. */
  readonly adoptLanguage: (language: Language) => void;
  readonly t: Translate;
  /** The words for an error word of the server, or for whatever was thrown. */
  readonly errorText: (error: unknown) => string;
}

const STORED = "elian.language";

const LanguageContext = createContext<Words | null>(null);

export function useText(): Words {
  const words = useContext(LanguageContext);
  if (!words) throw new Error("used outside LanguageProvider");
  return words;
}

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(zhCN, key);
}

export function wordsIn(language: Language): Pick<Words, "t" | "errorText"> {
  const catalogue: Catalogue = CATALOGUES[language];
  const t: Translate = (key, values = {}) =>
    catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  const errorText = (error: unknown) => {
    const key = `error.${error instanceof ApiError ? error.code : String(error)}`;
    return t(isTextKey(key) ? key : "error.internal");
  };
  return { t, errorText };
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(() =>
    localStorage.getItem(STORED) === "en" ? "en" : "zh-CN",
  );
  const [chosen, setChosen] = useState(() => localStorage.getItem(STORED) !== null);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const words = useMemo(() => {
    const setLanguage = (next: Language) => {
      localStorage.setItem(STORED, next);
      choose(next);
      setChosen(true);
    };
    return { language, chosen, setLanguage, adoptLanguage: choose, ...wordsIn(language) };
  }, [language, chosen]);
  return <LanguageContext value={words}>{children}</LanguageContext>;
}
