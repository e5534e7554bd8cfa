import type { Language } from ".";

/** What the host says of a browser. */
export interface BrowserNamed {
  /** In English, e.g. `Firefox on Android`. */
  label?: string | null;
  /** The browser and its system alone, as far as they are known. */
  browser?: string | null;
  system?: string | null;
}

/** Systems that a program runs under in German; on the others it runs. */
const UNDER: ReadonlySet<string> = new Set(["Windows", "Linux", "ChromeOS"]);

/** What a browser is called in the owner's language; the host's own word where nothing of it is known. */
export function browserName(language: Language, { label, browser, system }: BrowserNamed): string {
  if (language === "en" && label != null) {
    return label;
  }
  const words = { en: ["A browser", "on", "on"], de: ["Ein Browser", "auf", "unter"] } as const;
  const [some, on, under] = words[language];
  const what = browser ?? some;
  return system == null ? what : `${what} ${UNDER.has(system) ? under : on} ${system}`;
}
