import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followEvents } from "../src/api/live";
import { keys, queryClient } from "../src/api/queries";
import { FIRST_PAUSE, LONGEST_PAUSE } from "../src/lib/gather";

/** The stream of events, as far as the console uses it. */
class Events {
  static last: Events;
  static readonly CLOSED = 2;
  readyState = 1;
  onopen = () => undefined;
  onerror = () => undefined;
  readonly #listeners = new Map<string, () => void>();
  constructor() {
    Events.last = this;
  }
  addEventListener(name: string, listener: () => void): void {
    this.#listeners.set(name, listener);
  }
  tell(name: string): void {
    this.#listeners.get(name)?.();
  }
  close(): void {}
}

let leave: () => void;
let asked: (readonly unknown[] | undefined)[];

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", Events);
  asked = [];
  vi.spyOn(queryClient, "invalidateQueries").mockImplementation((filters) => {
    asked.push(filters?.queryKey);
    return Promise.resolve();
  });
  leave = followEvents();
});

afterEach(() => {
  leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the host's events", () => {
  it("have each list asked for once, however many of a moment are about it", () => {
    for (const name of ["pairing.pending", "pairing.answered", "device.paired"]) {
      Events.last.tell(name);
    }
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(FIRST_PAUSE);
    expect(asked).toEqual([keys.pending, keys.status, keys.record, keys.ignored, keys.clients, keys.pin]);
  });

  it("are answered soon after some quiet, and cost a few requests a second in a flood of knocks", () => {
    for (let ms = 0; ms < 60_000; ms += 10) {
      Events.last.tell("pairing.pending");
      vi.advanceTimersByTime(10);
    }
    const perList = asked.filter((key) => key === keys.pending).length;
    expect(perList).toBeGreaterThan(60_000 / LONGEST_PAUSE - 2);
    expect(perList).toBeLessThanOrEqual(60_000 / LONGEST_PAUSE + 2);

    vi.advanceTimersByTime(2 * LONGEST_PAUSE);
    asked = [];
    Events.last.tell("pairing.pending");
    vi.advanceTimersByTime(FIRST_PAUSE);
    expect(asked).toContain(keys.pending);
  });

  it("that were missed have everything asked for again, and nothing twice", () => {
    Events.last.tell("pairing.pending");
    Events.last.tell("missed");
    Events.last.tell("missed");
    vi.advanceTimersByTime(FIRST_PAUSE);
    expect(asked).toEqual([[]]);
  });

  it("have nothing asked for once nobody is signed in any more", () => {
    Events.last.tell("pairing.pending");
    leave();
    vi.advanceTimersByTime(LONGEST_PAUSE);
    expect(asked).toEqual([]);
  });
});
