import { useEffect, useState } from "preact/hooks";
import { useMessages } from "../i18n";
import { announce } from "../lib/announce";
import { Button } from "./button";

/** Milliseconds for which a button says that its text was copied. */
const SAID = 2_000;

/** Puts a text on the clipboard. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const t = useMessages();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) {
      return;
    }
    const timer = setTimeout(() => setCopied(false), SAID);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // The browser may forbid it; the text is there to be selected.
      announce(t.app.failed);
    }
  };
  return (
    <Button onClick={() => void copy()}>
      <span aria-live="polite">{copied ? t.app.copied : (label ?? t.app.copy)}</span>
    </Button>
  );
}
