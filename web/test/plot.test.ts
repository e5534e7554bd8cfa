import { describe, expect, it } from "vitest";
import type { Status } from "../src/api/types";
import { remember, sessionHistory, SPAN, streamHistory } from "../src/lib/history";
import { bounds, line, roundUp, stack } from "../src/lib/plot";

const area = { width: 100, height: 50, span: 10, most: 100 };

describe("a line", () => {
  it("goes from the left to the right edge, high values at the top", () => {
    expect(
      line(
        [
          { age: 4, value: 0 },
          { age: 2, value: 100 },
          { age: 0, value: 50 },
        ],
        area,
      ),
    ).toBe("M60 50L80 0L100 25");
  });

  it("is broken where measurements are missing", () => {
    expect(
      line(
        [
          { age: 9, value: 0 },
          { age: 1, value: 0 },
        ],
        area,
      ),
    ).toBe("M10 50M90 50");
  });

  it("stays inside of its area", () => {
    expect(line([{ age: 0, value: 1_000 }], area)).toBe("M100 0");
    expect(line([{ age: 0, value: -1 }], area)).toBe("M100 50");
  });

  it("of nothing is nothing", () => {
    expect(line([], area)).toBe("");
  });
});

describe("stacked areas", () => {
  it("lie on each other", () => {
    const low = [
      { age: 2, value: 20 },
      { age: 0, value: 20 },
    ];
    const high = [
      { age: 2, value: 40 },
      { age: 0, value: 40 },
    ];
    expect(stack([low, high], area)).toEqual(["M80 40L100 40L100 50L80 50Z", "M80 20L100 20L100 40L80 40Z"]);
  });

  it("are closed on both sides of a gap", () => {
    const [path] = stack(
      [
        [
          { age: 9, value: 10 },
          { age: 8, value: 10 },
          { age: 1, value: 10 },
          { age: 0, value: 10 },
        ],
      ],
      area,
    );
    expect(path?.match(/Z/g)).toHaveLength(2);
  });

  it("of nothing are nothing", () => {
    expect(stack([], area)).toEqual([]);
    expect(stack([[], []], area)).toEqual(["", ""]);
  });
});

describe("a scale", () => {
  it.each([
    [0, 1],
    [Number.NaN, 1],
    [0.3, 0.5],
    [1, 1],
    [1.1, 2],
    [6, 10],
    [5_800, 10_000],
    [20, 20],
  ])("for %d ends at %d", (value, end) => {
    expect(roundUp(value)).toBeCloseTo(end);
  });

  it("has bounds even without values", () => {
    expect(bounds([])).toEqual({ least: 0, most: 0 });
    expect(bounds([3, 1, 2])).toEqual({ least: 1, most: 3 });
  });
});

describe("the history", () => {
  const status = (fps: number, sessions = [7]): Status =>
    ({
      sessions: sessions.map((id) => ({ id, fps, latency_us: { encode: 5_000 } })),
      streams: sessions.map((id) => ({ id, loss_ppm: fps })),
    }) as Status;

  it("keeps a minute of each session and stream", () => {
    for (let second = 0; second <= 90; second += 1) {
      remember(status(second), second);
    }
    const kept = sessionHistory(7);
    expect(kept[0]?.at).toBe(90 - SPAN);
    expect(kept[kept.length - 1]?.fps).toBe(90);
    expect(streamHistory(7)).toHaveLength(kept.length);
  });

  it("forgets what is over", () => {
    remember(status(60, [8]), 100);
    expect(sessionHistory(7)).toEqual([]);
    expect(sessionHistory(8)).toHaveLength(1);
  });
});
