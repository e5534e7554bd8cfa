import type { Latency, Status } from "../api/types";

/** Seconds that are kept of each measurement. */
export const SPAN = 60;

/** Measurements of a session at one moment. */
export interface SessionSample {
  /** Seconds on the browser's steady clock. */
  at: number;
  fps: number;
  /** Medians in µs, of the stages that were measured. */
  latency: Latency;
}

/** Measurements of a stream at one moment. */
export interface StreamSample {
  at: number;
  kbps: number;
  fps: number;
  /** Round trip in µs, once it was measured. */
  rtt: number | undefined;
  /** Parts per million. */
  loss: number;
}

const sessions = new Map<number, SessionSample[]>();
const streams = new Map<number, StreamSample[]>();

/** Keeps what a status says, and forgets what is older than {@link SPAN} or no longer there. */
export function remember(status: Status, at: number): void {
  keep(sessions, status.sessions, at, ({ fps, latency_us }) => ({ at, fps, latency: latency_us }));
  keep(streams, status.streams, at, ({ kbps, fps, rtt_us, loss_ppm }) => ({
    at,
    kbps,
    fps,
    rtt: rtt_us ?? undefined,
    loss: loss_ppm,
  }));
}

export function sessionHistory(id: number): readonly SessionSample[] {
  return sessions.get(id) ?? [];
}

export function streamHistory(id: number): readonly StreamSample[] {
  return streams.get(id) ?? [];
}

function keep<T extends { id: number }, S extends { at: number }>(
  kept: Map<number, S[]>,
  present: readonly T[],
  at: number,
  sample: (from: T) => S,
): void {
  for (const id of [...kept.keys()]) {
    if (!present.some((one) => one.id === id)) {
      kept.delete(id);
    }
  }
  for (const one of present) {
    const before = (kept.get(one.id) ?? []).filter((old) => at - old.at <= SPAN);
    kept.set(one.id, [...before, sample(one)]);
  }
}
