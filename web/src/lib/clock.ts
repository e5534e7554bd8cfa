import { useEffect, useState } from "preact/hooks";

/** Unix time in seconds, told anew each `every` milliseconds while the page is visible. */
export function useNow(every = 1_000): number {
  const [now, setNow] = useState(unix);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setNow(unix()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** Seconds left of a span that the host told as `seconds` from now; counts down by itself, from anew when `seconds` changes. */
export function useCountdown(seconds: number | null | undefined): number {
  const [end, setEnd] = useState(() => deadline(seconds));
  useEffect(() => setEnd(deadline(seconds)), [seconds]);
  useNow(end === undefined ? 60_000 : 250);
  return end === undefined ? 0 : Math.max(0, (end - performance.now()) / 1_000);
}

function deadline(seconds: number | null | undefined): number | undefined {
  return seconds == null ? undefined : performance.now() + seconds * 1_000;
}

function unix(): number {
  return Date.now() / 1_000;
}
