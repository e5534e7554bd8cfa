import { LANGUAGES, languageChoice, useMessages } from "../i18n";
import { useStore } from "../lib/store";
import { theme, THEMES } from "../lib/theme";
import { Choice } from "./field";

/** Language and appearance, kept by this browser. */
export function DisplaySettings() {
  const t = useMessages();
  const language = useStore(languageChoice);
  const appearance = useStore(theme);
  return (
    <div class="row">
      <Choice
        label={t.account.language}
        value={language}
        options={(["auto", ...LANGUAGES] as const).map((key) => [key, t.account.languages[key]] as const)}
        onValue={languageChoice.set}
      />
      <Choice
        label={t.account.theme}
        value={appearance}
        options={THEMES.map((key) => [key, t.account.themes[key]] as const)}
        onValue={theme.set}
      />
    </div>
  );
}
