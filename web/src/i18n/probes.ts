/** What each probe of the doctor looks at, in languages other than the host's own. */
const names: Record<"de", Record<string, string>> = {
  de: {},
};

/** What a probe looks at, in the owner's language; in the host's words where this console does not know it. */
export function probeName(language: "en" | "de", probe: { code: string; subject: string }): string {
  const own = language === "en" ? undefined : names[language][probe.code];
  return own ?? probe.subject.charAt(0).toUpperCase() + probe.subject.slice(1);
}
