import type { Language } from ".";

/** Systems that a program runs under in German; on the others it runs. */
const UNDER: ReadonlySet<string> = new Set(["Windows", "Linux", "ChromeOS"]);

/** What the host calls a browser, e.g. `Firefox on Android`, in the owner's language. */
export function browserNamed(language: Language, label: string): string {
  if (language === "en") {
    return label;
  }
  const [, browser = label, system] = /^(.+?)(?: on (.+))?$/.exec(label) ?? [];
  const named = browser === "A browser" ? "Ein Browser" : browser;
  return system === undefined ? named : `${named} ${UNDER.has(system) ? "unter" : "auf"} ${system}`;
}
