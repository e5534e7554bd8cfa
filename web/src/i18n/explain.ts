import { Refusal, Unreachable } from "../api/refusal";
import { type Language, messagesIn } from ".";
import { sentence } from "./format";
import { translated } from "./machine";
import { refusals } from "./refusals";

/** What went wrong with an action, and the next step. */
export interface Explained {
  text: string;
  /** The language that `text` is in: English where the host's own words have to do. */
  language: Language;
}

/** Puts an error of an action into words. */
export function explain(language: Language, error: unknown): Explained {
  const t = messagesIn(language);
  if (!(error instanceof Refusal)) {
    return { text: error instanceof Unreachable ? t.app.unreachable : t.app.failed, language };
  }
  // What the host found out about the machine says more than that it could not do it.
  const fault = error.params["fault"];
  const table: Record<string, string> = refusals[language];
  const known =
    fault === undefined
      ? (table[`${error.code}:${error.params["reason"] ?? ""}`] ?? table[error.code])
      : faulty(language, fault, error);
  if (known !== undefined) {
    return { text: known, language };
  }
  return error.message === "" ? { text: t.app.failed, language } : { text: sentence(error.message), language: "en" };
}

function faulty(language: Language, code: string, { params, message }: Refusal): string | undefined {
  const own = translated(language, { code, params, found: message, next: message });
  return own === undefined ? undefined : [own.found, own.next].filter((part) => part !== undefined).join(" ");
}
