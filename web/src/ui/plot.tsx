import type { ComponentChildren } from "preact";
import { SPAN } from "../lib/history";
import { type Area, line, type Point, stack } from "../lib/plot";

const WIDTH = 240;
const HEIGHT = 56;

interface PlotProps {
  /** What it shows, in words, for those who cannot see it. */
  label: string;
  /** The value at the upper edge. */
  most: number;
}

/** The last minute of one figure. */
export function LinePlot({ label, most, points }: PlotProps & { points: readonly Point[] }) {
  const area: Area = { width: WIDTH, height: HEIGHT, span: SPAN, most };
  return (
    <Frame label={label}>
      <path class="plot__line" d={line(points, area)} />
    </Frame>
  );
}

/** The last minute of figures that add up, the first of them at the bottom. */
export function StackPlot({ label, most, layers }: PlotProps & { layers: readonly (readonly Point[])[] }) {
  const area: Area = { width: WIDTH, height: HEIGHT, span: SPAN, most };
  return (
    <Frame label={label}>
      {stack(layers, area).map((path, index) => (
        <path key={index} class={`plot__layer plot__layer--${index + 1}`} d={path} />
      ))}
    </Frame>
  );
}

function Frame({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <svg class="plot" role="img" aria-label={label} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
      <path class="plot__grid" d={`M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}`} />
      {children}
    </svg>
  );
}
