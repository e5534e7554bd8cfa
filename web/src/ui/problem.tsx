import { useLanguage } from "../i18n";
import { explain } from "../i18n/explain";
import { AlertIcon } from "./icons";
import { Prose } from "./prose";

/** An error where the action was: what went wrong, with the next step. Nothing is shown while there is none. */
export function Problem({ error }: { error: unknown }) {
  return (
    <div role="alert">
      {error != null && (
        <p class="problem">
          <AlertIcon />
          <Explanation of={error} />
        </p>
      )}
    </div>
  );
}

function Explanation({ of }: { of: unknown }) {
  const { text, language } = explain(useLanguage(), of);
  return (
    <span lang={language}>
      <Prose text={text} />
    </span>
  );
}
