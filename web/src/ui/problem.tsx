import { useLanguage, useMessages } from "../i18n";
import { refusals } from "../i18n/refusals";
import { sentence } from "../i18n/format";
import { Refusal, Unreachable } from "../api/refusal";
import { AlertIcon } from "./icons";

/** What went wrong with an action, in the owner's language, with the next step. */
export function useExplain(): (error: unknown) => string {
  const t = useMessages();
  const table: Record<string, string> = refusals[useLanguage()];
  return (error) => {
    if (error instanceof Refusal) {
      // The host's own sentence stands in for a code that this console is too old to know.
      const precise = table[`${error.code}:${error.params["reason"] ?? ""}`];
      return precise ?? table[error.code] ?? (error.message === "" ? t.app.failed : sentence(error.message));
    }
    return error instanceof Unreachable ? t.app.unreachable : t.app.failed;
  };
}

/** An error where the action was. Nothing is shown while there is none. */
export function Problem({ error }: { error: unknown }) {
  const explain = useExplain();
  return (
    <div role="alert">
      {error != null && (
        <p class="problem">
          <AlertIcon />
          <span>{explain(error)}</span>
        </p>
      )}
    </div>
  );
}
