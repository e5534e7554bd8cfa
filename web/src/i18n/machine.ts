import { isolate } from "./format";
import { type Told, machine as de, subjects } from "./machine.de";

/** Something that the host says about the machine: a check of the doctor, or why there is no picture. */
interface Said {
  code: string;
  params: Readonly<Record<string, string>>;
  found: string;
  next?: string | null;
}

/**
 * What the host says, in the owner's language, or `undefined` where its own English words are the best there are: in
 * English, for a code that this console is too old to know, and where the host gives nothing to fill the sentence with.
 */
export function translated(language: "en" | "de", said: Said): { found: string; next: string | undefined } | undefined {
  if (language === "en") {
    return undefined;
  }
  const told: Told | undefined = de[said.code];
  const found = told === undefined ? undefined : fill(told[0], said.params);
  if (told === undefined || found === undefined) {
    return undefined;
  }
  return { found, next: said.next == null || told[1] === undefined ? undefined : fill(told[1], said.params) };
}

/** What a check looks at, e.g. `UDP port 9777`: the known part of it in the owner's language. */
export function subject(language: "en" | "de", text: string): string {
  const own = language === "en" ? text : subjects.reduce((known, [from, to]) => known.replace(from, to), text);
  return own.charAt(0).toUpperCase() + own.slice(1);
}

/** Puts values in the places of `{names}`; `undefined` when one is missing or empty. */
export function fill(template: string, params: Readonly<Record<string, string>>): string | undefined {
  let complete = true;
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    complete &&= value !== undefined && value !== "";
    return value === undefined ? "" : isolate(value);
  });
  return complete ? filled : undefined;
}
