/** One measurement: when, in seconds before now, and how much. */
export interface Point {
  age: number;
  value: number;
}

/** The area that a plot is drawn on, in units of its own. */
export interface Area {
  width: number;
  height: number;
  /** Seconds from its left edge to its right one, which is now. */
  span: number;
  /** The value at its upper edge. */
  most: number;
}

/** Two measurements further apart than this many seconds are not joined: nobody knows what was between. */
const GAP = 4;

/** The path of a line through the points, oldest first, broken where measurements are missing. */
export function line(points: readonly Point[], area: Area): string {
  return runs(points)
    .map((run) => run.map((point, index) => `${index === 0 ? "M" : "L"}${at(point, area)}`).join(""))
    .join("");
}

/**
 * Paths of areas stacked on each other, the lowest first. All layers have the same points in time, the values are those
 * of each layer alone.
 */
export function stack(layers: readonly (readonly Point[])[], area: Area): string[] {
  const paths: string[] = [];
  let below: readonly Point[] = (layers[0] ?? []).map(({ age }) => ({ age, value: 0 }));
  for (const layer of layers) {
    const above = layer.map((point, index) => ({ age: point.age, value: point.value + (below[index]?.value ?? 0) }));
    const bottoms = runs(below);
    const path = runs(above).map((run, index) => {
      const back = [...(bottoms[index] ?? [])].reverse();
      return `${[...run, ...back].map((point, step) => `${step === 0 ? "M" : "L"}${at(point, area)}`).join("")}Z`;
    });
    paths.push(path.join(""));
    below = above;
  }
  return paths;
}

/** The smallest of 1, 2, 5, 10, 20, … that is not below `value`: a scale that does not jump with every measurement. */
export function roundUp(value: number): number {
  if (!(value > 0)) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** Least and most of some values; zeros when there are none. */
export function bounds(values: readonly number[]): { least: number; most: number } {
  return values.length === 0 ? { least: 0, most: 0 } : { least: Math.min(...values), most: Math.max(...values) };
}

function runs(points: readonly Point[]): Point[][] {
  const all: Point[][] = [];
  let before: Point | undefined;
  for (const point of points) {
    if (before === undefined || before.age - point.age > GAP) {
      all.push([]);
    }
    all[all.length - 1]?.push(point);
    before = point;
  }
  return all;
}

function at({ age, value }: Point, { width, height, span, most }: Area): string {
  const x = width * (1 - age / span);
  const y = height * (1 - Math.min(Math.max(value / most, 0), 1));
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
