import { useStatus } from "../../api/queries";
import type { Status } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { Empty } from "../../ui/empty";
import { CheckIcon, ScreenIcon } from "../../ui/icons";
import { Loading } from "../../ui/loading";
import { AttentionList } from "./attention";
import { Preview } from "./preview";
import { SessionCard } from "./session";
import { UpdateLine } from "./update";

/** Milliseconds between looks at the host while this page is shown: the plots are drawn from them. */
const LIVE = 1_000;

/** What the box is doing: what needs the owner first, then who streams, then what the screen shows. */
export function Home() {
  const status = useStatus(LIVE);
  return <Loading query={status}>{(now) => <Overview status={now} />}</Loading>;
}

function Overview({ status }: { status: Status }) {
  const t = useMessages();
  const format = useFormat();
  return (
    <>
      <h1>
        <bdi>{status.name}</bdi>
      </h1>
      <p class="muted">
        {t.home.up(format.duration(status.uptime_secs))} · {t.home.version(status.version)}
      </p>
      {status.update != null && <UpdateLine update={status.update} />}
      <section class="section" aria-labelledby="attention">
        {status.attention.length === 0 ? (
          <p class="well">
            <CheckIcon />
            <span>
              <strong id="attention">{t.home.allWell}</strong> {t.home.allWellText}
            </span>
          </p>
        ) : (
          <>
            <h2 id="attention">{t.home.attention}</h2>
            <AttentionList items={status.attention} />
          </>
        )}
      </section>
      <section class="section" aria-labelledby="now">
        <h2 id="now">{t.home.now}</h2>
        {status.sessions.length === 0 ? (
          <Empty icon={<ScreenIcon />} title={t.home.nobody}>
            {t.home.nobodyText(status.name, status.native_port)}
          </Empty>
        ) : (
          <ul class="cards">
            {status.sessions.map((session) => (
              <li key={session.id}>
                <SessionCard
                  session={session}
                  streams={status.streams.filter((stream) => stream.session === session.id)}
                />
              </li>
            ))}
          </ul>
        )}
      </section>
      <Preview />
    </>
  );
}
