import { useState } from "preact/hooks";
import { host } from "../../api/host";
import { keys, queryClient } from "../../api/queries";
import type { Session, Stream } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { useNow } from "../../lib/clock";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/confirm";
import { Identity, Swatch, Words } from "../../ui/fingerprint";
import { FaultBanner } from "./fault";
import { SessionPlots } from "./session-plots";
import { StreamFigures } from "./stream-figures";

/** What the host calls the source that is no screen and no file. */
export const TEST_CARD = "test card";

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
          {session.source === TEST_CARD ? t.session.testCard : session.source} · {session.encoder} ·{" "}
          {session.sound == null ? t.session.noSound : t.session.sounds[session.sound]} ·{" "}
          {t.session.viewers(session.viewers)}
        </p>
      </div>
      {session.fault != null && <FaultBanner fault={session.fault} />}
      {session.sound_fault != null && <FaultBanner fault={session.sound_fault} />}
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
      <StreamFigures stream={stream} />
      {ending && <EndDialog stream={stream} onClose={() => setEnding(false)} />}
    </div>
  );
}

function EndDialog({ stream, onClose }: { stream: Stream; onClose: () => void }) {
  const t = useMessages();
  const end = async () => {
    try {
      await host.endStream(stream.id);
      onClose();
    } finally {
      await queryClient.invalidateQueries({ queryKey: keys.status });
    }
  };
  return (
    <ConfirmDialog title={t.session.endTitle(stream.name)} verb={t.session.end} perform={end} onClose={onClose}>
      <Identity name={stream.name} of={stream} />
      <p>{t.session.endText}</p>
    </ConfirmDialog>
  );
}
