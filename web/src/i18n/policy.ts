import type { Language } from ".";
import { policyKeys } from "./policy.de";

/** What a key of the policy is for, and the language that it is told in. */
export function described(language: Language, description: string): { text: string; language: Language } {
  const own = language === "de" ? policyKeys[description] : undefined;
  return own === undefined ? { text: description, language: "en" } : { text: own, language };
}
