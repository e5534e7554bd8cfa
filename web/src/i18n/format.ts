/** Numbers, times and sizes as the people who speak a language write them. */
export interface Format {
  number(value: number, digits?: number): string;
  /** `82 %` of a share of 1. */
  percent(share: number, digits?: number): string;
  /** A bit rate given in kbit/s. */
  bitrate(kbps: number): string;
  /** A time span given in µs, in milliseconds. */
  milliseconds(us: number): string;
  /** A time span in at most two units: `3 h 20 min`. */
  duration(seconds: number): string;
  /** How long ago: `5 minutes ago`. */
  ago(seconds: number): string;
  /** Day and time of a Unix time. */
  dateTime(unix: number): string;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** The way of writing of a language, e.g. `de`. */
export function formatFor(language: string): Format {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

  const number = (value: number, digits = 0) =>
    new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" }).format(value);

  return {
    number,
    percent: (share, digits = 0) =>
      new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: digits }).format(share),
    bitrate: (kbps) => (kbps >= 1_000 ? `${number(kbps / 1_000, 1)} Mbit/s` : `${number(kbps)} kbit/s`),
    milliseconds: (us) => `${number(us / 1_000, us < 10_000 ? 1 : 0)} ms`,
    duration(seconds) {
      const [largest, smaller] = inUnits(seconds);
      const parts = [unit(largest.count, largest.name)];
      if (smaller !== undefined && smaller.count > 0) {
        parts.push(unit(smaller.count, smaller.name));
      }
      return parts.join(" ");
    },
    ago(seconds) {
      const [largest] = inUnits(seconds);
      return relative.format(-largest.count, largest.name);
    },
    dateTime: (unix) => dateTime.format(new Date(unix * 1_000)),
  };
}

type InUnit = { name: (typeof UNITS)[number][0]; count: number };

/** A time span in its largest unit that is not zero, and what is left in the next smaller one. */
function inUnits(seconds: number): [InUnit, InUnit?] {
  const whole = Math.max(0, Math.floor(seconds));
  const index = UNITS.findIndex(([, size]) => whole >= size);
  const [name, size] = UNITS[index] ?? UNITS[UNITS.length - 1]!;
  const next = index < 0 ? undefined : UNITS[index + 1];
  const largest = { name, count: Math.floor(whole / size) };
  return next === undefined ? [largest] : [largest, { name: next[0], count: Math.floor((whole % size) / next[1]) }];
}

/** `2:05` for a countdown. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Text from outside, kept from turning the direction of what stands around it. */
export function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}

/** 64 hex digits in groups of eight, which a person can follow with a finger. */
export function groups(hex: string): string {
  return hex.match(/.{1,8}/g)?.join(" ") ?? hex;
}

/** The host's own words, which are parts of sentences, as a sentence. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  // A first word with more than letters in it is a name, which stays as it is.
  const begun = /^\p{L}+(?![\p{L}\d_/.-])/u.test(trimmed)
    ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1)
    : trimmed;
  return /[.!?…]$/.test(begun) || begun === "" ? begun : `${begun}.`;
}
