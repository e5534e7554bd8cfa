import { useMemo } from "preact/hooks";
import { createKeptStore, useStore } from "../lib/store";
import { de } from "./de";
import { en, type Messages } from "./en";
import { type Format, formatFor } from "./format";

export type { Messages } from "./en";

/** The languages of the console, in the order of the switch. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

const messages: Record<Language, Messages> = { en, de };

/** What the owner chose; `auto` follows the browser. */
export const languageChoice = createKeptStore<Language | "auto">("punktfunk.language", ["auto", ...LANGUAGES], "auto");

/** The first language of the browser that the console speaks, else English. */
export function preferred(languages: readonly string[]): Language {
  for (const tag of languages) {
    const found = LANGUAGES.find((language) => tag.toLowerCase().split("-")[0] === language);
    if (found !== undefined) {
      return found;
    }
  }
  return "en";
}

/** The language that is shown. */
export function useLanguage(): Language {
  const choice = useStore(languageChoice);
  return choice === "auto" ? preferred(navigator.languages) : choice;
}

/** The texts in a language. */
export function messagesIn(language: Language): Messages {
  return messages[language];
}

/** The texts in the language that is shown. Always read as `t.section.name`, by which unused ones are found. */
export function useMessages(): Messages {
  return messages[useLanguage()];
}

/** Numbers and times in the language that is shown. */
export function useFormat(): Format {
  const language = useLanguage();
  return useMemo(() => formatFor(language), [language]);
}
