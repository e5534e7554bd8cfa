import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Refusal } from "../api/refusal";
import { useMessages } from "../i18n";
import { useNow } from "../lib/clock";

/** Whole seconds until the host takes the next try, as its last refusal says; 0 when it takes one now. */
export function useDelay(error: unknown): number {
  const [end, setEnd] = useState(0);
  useEffect(() => {
    const wait = error instanceof Refusal ? (error.retryAfter ?? 0) : 0;
    setEnd(performance.now() + wait * 1_000);
  }, [error]);
  useNow(250);
  return Math.max(0, Math.ceil((end - performance.now()) / 1_000));
}

/** The text of a button, or how long it has to wait. */
export function Delayed({ seconds, children }: { seconds: number; children: ComponentChildren }) {
  const t = useMessages();
  return <>{seconds > 0 ? t.signIn.wait(seconds) : children}</>;
}
