import type { ComponentChildren } from "preact";
import { useTitle } from "../lib/title";
import { useMessages } from "../i18n";
import { DisplaySettings } from "./display-settings";
import { Mark } from "./icons";

/** The frame of the pages before the console is open. */
export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  const t = useMessages();
  useTitle(title);
  return (
    <div class="gate">
      <main class="gate__card" aria-label={title}>
        <Mark />
        {children}
      </main>
      <footer class="gate__footer" aria-label={t.account.display}>
        <DisplaySettings />
      </footer>
    </div>
  );
}
