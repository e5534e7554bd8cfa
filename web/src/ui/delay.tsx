import type { ComponentChildren } from "preact";
import { Refusal } from "../api/refusal";
import { useMessages } from "../i18n";
import { useCountdown } from "../lib/clock";

/** Whole seconds until the host takes the next try, as its last refusal says; 0 when it takes one now. */
export function useDelay(error: unknown): number {
  return Math.ceil(useCountdown(error instanceof Refusal ? error.retryAfter : 0, error));
}

/** The text of a button, or how long it has to wait. */
export function Delayed({ seconds, children }: { seconds: number; children: ComponentChildren }) {
  const t = useMessages();
  return <>{seconds > 0 ? t.signIn.wait(seconds) : children}</>;
}
