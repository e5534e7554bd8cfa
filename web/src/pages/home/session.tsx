import { useState } from "preact/hooks";
import { host } from "../../api/host";
import { keys, queryClient } from "../../api/queries";
import type { Session, Stream } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { useAction } from "../../lib/action";
import { useNow } from "../../lib/clock";
import { SPAN, streamHistory } from "../../lib/history";
import { bounds, roundUp } from "../../lib/plot";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Swatch, Words } from "../../ui/fingerprint";
import { LinePlot } from "../../ui/plot";
import { Problem } from "../../ui/problem";
import { FaultBanner } from "./fault";
import { SessionPlots } from "./session-plots";

/** What is being encoded, and who watches it. */
export function SessionCard({ session, streams }: { session: Session; streams: readonly Stream[] }) {
  const t = useMessages();
  return (
    <article class="card session" aria-labelledby={`session-${session.id}`}>
      <div>
        <h3 id={`session-${session.id}`}>
          {t.session.mode(session.width, session.height, String(session.refresh_hz))} · {session.codec}
        </h3>
        <p class="muted">
          {session.source} · {session.encoder} · {t.session.viewers(session.viewers)}
        </p>
      </div>
      {session.fault != null && <FaultBanner fault={session.fault} />}
      <SessionPlots session={session} />
      <ul class="streams">
        {streams.map((stream) => (
          <li key={stream.id}>
            <StreamRow stream={stream} />
          </li>
        ))}
      </ul>
    </article>
  );
}

function StreamRow({ stream }: { stream: Stream }) {
  const t = useMessages();
  const format = useFormat();
  const now = useNow();
  const [ending, setEnding] = useState(false);
  const history = streamHistory(stream.id);
  const latest = history[history.length - 1]?.at ?? 0;
  const points = history.map(({ at, loss }) => ({ age: latest - at, value: loss }));
  const { least, most } = bounds(points.map(({ value }) => value));
  const share = (ppm: number) => format.percent(ppm / 1e6, 2);
  return (
    <div class="stream">
      <div class="stream__who">
        <Swatch colour={stream.colour} />
        <div>
          <p class="stream__name">
            <bdi>{stream.name}</bdi>
          </p>
          <Words words={stream.words} />
          <p class="muted">
            <bdi>{stream.source}</bdi> · {t.device.levels[stream.level]} ·{" "}
            {t.session.since(format.duration(Math.max(0, now - stream.started_at)))}
          </p>
        </div>
        <Button kind="danger" onClick={() => setEnding(true)} aria-label={t.session.endName(stream.name)}>
          {t.session.end}
        </Button>
      </div>
      <dl class="facts">
        <Fact label={t.session.rate} value={format.bitrate(stream.kbps)} />
        <Fact label={t.session.fps} value={format.number(stream.fps, 1)} />
        <Fact label={t.session.network} value={stream.rtt_us == null ? "–" : format.milliseconds(stream.rtt_us)} />
        <div>
          <dt>{t.session.loss}</dt>
          <dd class="facts__plot">
            {share(stream.loss_ppm)}
            <LinePlot
              label={t.session.plot(t.session.loss, share(stream.loss_ppm), share(least), share(most))}
              most={roundUp(Math.max(most, LEAST_LOSS))}
              points={points.filter(({ age }) => age <= SPAN)}
            />
          </dd>
        </div>
      </dl>
      {ending && <EndDialog stream={stream} onClose={() => setEnding(false)} />}
    </div>
  );
}

/** The scale of the loss plot is not finer than this, so that a single lost datagram does not look like a disaster; ppm. */
const LEAST_LOSS = 10_000;

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function EndDialog({ stream, onClose }: { stream: Stream; onClose: () => void }) {
  const t = useMessages();
  const end = useAction(async () => {
    try {
      await host.endStream(stream.id);
      onClose();
    } finally {
      await queryClient.invalidateQueries({ queryKey: keys.status });
    }
  });
  return (
    <Dialog title={t.session.endTitle(stream.name)} onClose={onClose}>
      <div class="stack">
        <p>{t.session.endText}</p>
        <Problem error={end.error} />
        <div class="actions">
          <Button kind="danger" busy={end.busy} onClick={() => void end.run()}>
            {t.session.end}
          </Button>
          <Button onClick={onClose}>{t.app.cancel}</Button>
        </div>
      </div>
    </Dialog>
  );
}
