import { useEffect, useState } from "preact/hooks";
import { useMessages } from "../i18n";
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
  return (
    <Button onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
      <span aria-live="polite">{copied ? t.app.copied : (label ?? t.app.copy)}</span>
    </Button>
  );
}
