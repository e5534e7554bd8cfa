import { useState } from "preact/hooks";
import { NotProven } from "../api/refusal";

/** Something that the owner has started: whether it is under way, and why it did not work the last time. */
export interface Action<A extends unknown[]> {
  run: (...args: A) => Promise<void>;
  busy: boolean;
  error: unknown;
  /** Takes the error away, once it is of no more interest. */
  forget: () => void;
}

/** Carries out what the owner asks for, once at a time. Closing the question for the password is no error. */
export function useAction<A extends unknown[]>(perform: (...args: A) => Promise<void>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const run = async (...args: A) => {
    if (busy) {
      return;
    }
    setBusy(true);
    setError(undefined);
    try {
      await perform(...args);
    } catch (caught) {
      if (!(caught instanceof NotProven)) {
        setError(caught);
      }
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, error, forget: () => setError(undefined) };
}
