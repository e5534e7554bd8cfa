import { createKeptStore } from "./store";

export const THEMES = ["auto", "light", "dark"] as const;

/** How the console looks; `auto` follows the system. */
export const theme = createKeptStore<(typeof THEMES)[number]>("punktfunk.theme", THEMES, "auto");

/** Keeps the document in the chosen theme. The styles read `data-theme`; without it they follow the system. */
export function followTheme(): void {
  const apply = () => {
    const chosen = theme.get();
    if (chosen === "auto") {
      delete document.documentElement.dataset["theme"];
    } else {
      document.documentElement.dataset["theme"] = chosen;
    }
  };
  apply();
  theme.subscribe(apply);
}
