import type { Stream } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { type StreamSample, streamHistory } from "../../lib/history";
import { bounds, roundUp } from "../../lib/plot";
import { LinePlot } from "../../ui/plot";

/** The scale of the loss is not finer than this, so that one lost datagram does not look like a disaster; ppm. */
const LEAST_LOSS = 10_000;

/** How the way to one device is: each figure now, and over the last minute. */
export function StreamFigures({ stream }: { stream: Stream }) {
  const t = useMessages();
  const format = useFormat();
  const share = (ppm: number) => format.percent(ppm / 1e6, 2);
  return (
    <dl class="facts">
      <Figure
        stream={stream.id}
        label={t.session.rate}
        now={stream.kbps}
        of={({ kbps }) => kbps}
        shown={format.bitrate}
      />
      <Figure
        stream={stream.id}
        label={t.session.fps}
        now={stream.fps}
        of={({ fps }) => fps}
        shown={(fps) => format.number(fps, 1)}
        most={stream.mode.refresh_hz * 1.15}
      />
      <Figure
        stream={stream.id}
        label={t.session.network}
        now={stream.rtt_us ?? undefined}
        of={({ rtt }) => rtt}
        shown={format.milliseconds}
      />
      <Figure
        stream={stream.id}
        label={t.session.loss}
        now={stream.loss_ppm}
        of={({ loss }) => loss}
        shown={share}
        least={LEAST_LOSS}
      />
    </dl>
  );
}

interface FigureProps {
  stream: number;
  label: string;
  now: number | undefined;
  of: (sample: StreamSample) => number | undefined;
  shown: (value: number) => string;
  /** The upper edge of the plot; fits what is shown if absent. */
  most?: number;
  /** An upper edge below which the plot does not go. */
  least?: number;
}

function Figure({ stream, label, now, of, shown, most, least = 0 }: FigureProps) {
  const t = useMessages();
  const history = streamHistory(stream);
  const latest = history[history.length - 1]?.at ?? 0;
  const points = history.flatMap((sample) => {
    const value = of(sample);
    return value === undefined ? [] : [{ age: latest - sample.at, value }];
  });
  const seen = bounds(points.map(({ value }) => value));
  return (
    <div>
      <dt>{label}</dt>
      <dd class="facts__plot">
        {now === undefined ? "–" : shown(now)}
        {now !== undefined && (
          <LinePlot
            label={t.session.plot(label, shown(now), shown(seen.least), shown(seen.most))}
            most={most ?? roundUp(Math.max(seen.most, least))}
            points={points}
          />
        )}
      </dd>
    </div>
  );
}
