import type { Latency, Session } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { sessionHistory } from "../../lib/history";
import { bounds, roundUp } from "../../lib/plot";
import { LinePlot, StackPlot } from "../../ui/plot";

const STAGES = ["capture", "encode", "send"] as const;

/** How smooth a session runs, and where the time of a frame goes on the box. */
export function SessionPlots({ session }: { session: Session }) {
  return (
    <div class="plots">
      <Fps session={session} />
      <Split session={session} />
    </div>
  );
}

function Fps({ session }: { session: Session }) {
  const t = useMessages();
  const format = useFormat();
  const history = sessionHistory(session.id);
  const latest = history[history.length - 1]?.at ?? 0;
  const points = history.map(({ at, fps }) => ({ age: latest - at, value: fps }));
  const { least, most } = bounds(points.map(({ value }) => value));
  const shown = (value: number) => format.number(value, 1);
  return (
    <div class="figure">
      <p class="figure__label">{t.session.fps}</p>
      <p class="figure__value">{shown(session.fps)}</p>
      <LinePlot
        label={t.session.plot(t.session.fps, shown(session.fps), shown(least), shown(most))}
        most={session.refresh_hz * 1.15}
        points={points}
      />
    </div>
  );
}

function Split({ session }: { session: Session }) {
  const t = useMessages();
  const format = useFormat();
  const now = session.latency_us;
  if (STAGES.every((stage) => now[stage] == null)) {
    return (
      <div class="figure">
        <p class="figure__label">{t.session.latency}</p>
        <p class="muted">{t.session.collecting}</p>
      </div>
    );
  }
  const stages = { capture: t.session.capture, encode: t.session.encode, send: t.session.send };
  const history = sessionHistory(session.id);
  const latest = history[history.length - 1]?.at ?? 0;
  const layers = STAGES.map((stage) =>
    history.map(({ at, latency }) => ({ age: latest - at, value: latency[stage] ?? 0 })),
  );
  const sum = (latency: Latency) => STAGES.reduce((total, stage) => total + (latency[stage] ?? 0), 0);
  const sums = history.map(({ latency }) => sum(latency));
  const { least, most } = bounds(sums);
  const worst = session.latency_p99_us;
  const shown = (us: number | null | undefined) => (us == null ? "–" : format.milliseconds(us));
  return (
    <div class="figure">
      <p class="figure__label">{t.session.latency}</p>
      <p class="figure__value">{format.milliseconds(sum(now))}</p>
      <StackPlot
        label={t.session.plot(
          t.session.latency,
          format.milliseconds(sum(now)),
          format.milliseconds(least),
          format.milliseconds(most),
        )}
        most={roundUp(most)}
        layers={layers}
      />
      <table class="legend">
        <thead>
          <tr>
            <td />
            <th scope="col">{t.session.median}</th>
            <th scope="col">{t.session.worst}</th>
          </tr>
        </thead>
        <tbody>
          {STAGES.map((stage, index) => (
            <tr key={stage}>
              <th scope="row">
                <span class={`legend__key legend__key--${index + 1}`} aria-hidden="true" />
                {stages[stage]}
              </th>
              <td>{shown(now[stage])}</td>
              <td>{shown(worst[stage])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
