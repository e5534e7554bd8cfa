import { useEffect, useState } from "preact/hooks";
import { createStore, useStore } from "./store";

/** Seconds by which the box's clock is ahead of the browser's. */
const ahead = createStore(0);

/** Seconds by which the clocks may differ unnoticed: the box tells whole ones, and an answer takes a while. */
const TOLERANCE = 2;

/** Takes the box's time from the `Date` of an answer that has just come in. */
export function hostTime(date: string | null): void {
  const told = Date.parse(date ?? "") / 1_000 - unix();
  if (Math.abs(told - ahead.get()) > TOLERANCE) {
    ahead.set(told);
  }
}

/** The box's Unix time in seconds, by which the box dates everything, told anew each `every` milliseconds while the page is visible. */
export function useNow(every = 1_000): number {
  const [now, setNow] = useState(unix);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setNow(unix()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now + useStore(ahead);
}

/** Milliseconds between looks at a span that runs out. */
const TICK = 250;

/**
 * Seconds left of a span that the host told as `seconds` from now. Counts down by itself, and anew when `seconds` or
 * `from` changes.
 */
export function useCountdown(seconds: number | null | undefined, from?: unknown): number {
  const [left, setLeft] = useState(seconds ?? 0);
  useEffect(() => {
    const end = performance.now() + (seconds ?? 0) * 1_000;
    const tell = () => {
      const rest = Math.max(0, (end - performance.now()) / 1_000);
      setLeft(rest);
      if (rest === 0) {
        clearInterval(timer);
      }
    };
    const timer = setInterval(tell, TICK);
    tell();
    return () => clearInterval(timer);
  }, [seconds, from]);
  return left;
}

function unix(): number {
  return Date.now() / 1_000;
}
