import { useEffect, useState } from "preact/hooks";
import { useMessages } from "../i18n";
import { Button } from "./button";

/** Milliseconds for which a button says what came of it. */
const SAID = { copied: 2_000, failed: 6_000 };

/** Puts a text on the clipboard. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useMessages();
  const [outcome, setOutcome] = useState<"copied" | "failed" | undefined>(undefined);
  useEffect(() => {
    if (outcome === undefined) {
      return;
    }
    const timer = setTimeout(() => setOutcome(undefined), SAID[outcome]);
    return () => clearTimeout(timer);
  }, [outcome]);
  const said = { copied: t.app.copied, failed: t.app.copyFailed };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome("copied");
    } catch {
      // The browser may forbid it; the text is there to be selected.
      setOutcome("failed");
    }
  };
  return (
    <Button onClick={() => void copy()}>
      <span aria-live="polite">{outcome === undefined ? (label ?? t.app.copy) : said[outcome]}</span>
    </Button>
  );
}
