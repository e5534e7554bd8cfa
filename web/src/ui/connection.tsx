import { connection } from "../api/connection";
import { useMessages } from "../i18n";
import { useStore } from "../lib/store";
import { AlertIcon } from "./icons";

/** Says so when nothing on the page can be believed to be up to date. */
export function ConnectionBanner() {
  const t = useMessages();
  const state = useStore(connection);
  return (
    <div role="status">
      {state === "lost" && (
        <p class="banner banner--alarm">
          <AlertIcon />
          <span>{t.app.lost}</span>
        </p>
      )}
    </div>
  );
}
