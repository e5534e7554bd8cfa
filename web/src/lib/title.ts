import { useEffect } from "preact/hooks";
import icon from "../icons/favicon.svg";
import waitingIcon from "../icons/favicon-waiting.svg";
import { useMessages } from "../i18n";

/** The title of the browser's tab. While devices wait, it counts them and the icon shows a dot. */
export function useTitle(title: string, waiting = 0): void {
  const t = useMessages();
  const shown = waiting > 0 ? t.app.titleWaiting(waiting, title) : title;
  useEffect(() => {
    document.title = shown;
    const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (link !== null) {
      link.href = waiting > 0 ? waitingIcon : icon;
    }
  }, [shown, waiting]);
}
