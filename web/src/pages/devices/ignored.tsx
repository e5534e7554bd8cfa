import { host } from "../../api/host";
import { keys, queryClient, useIgnored } from "../../api/queries";
import type { Ignored } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { useAction } from "../../lib/action";
import { announce } from "../../lib/announce";
import { useNow } from "../../lib/clock";
import { Button } from "../../ui/button";
import { Swatch, Words } from "../../ui/fingerprint";
import { Problem } from "../../ui/problem";

/** Devices that the owner does not want to see. Without any, there is nothing to show. */
export function IgnoredDevices() {
  const t = useMessages();
  const { data: list = [] } = useIgnored();
  if (list.length === 0) {
    return null;
  }
  return (
    <section class="section" aria-labelledby="ignored">
      <h2 id="ignored">{t.ignored.title}</h2>
      <p class="muted">{t.ignored.text}</p>
      <ul class="list">
        {list.map((device) => (
          <li key={device.fingerprint}>
            <IgnoredDevice device={device} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function IgnoredDevice({ device }: { device: Ignored }) {
  const t = useMessages();
  const format = useFormat();
  const now = useNow(30_000);
  const undo = useAction(async () => {
    await host.forgive(device.fingerprint);
    announce(t.ignored.undone(device.name));
    await queryClient.invalidateQueries({ queryKey: keys.ignored });
  });
  return (
    <article class="device">
      <Swatch colour={device.colour} />
      <div class="device__text">
        <h3>
          <bdi>{device.name}</bdi>
        </h3>
        <Words words={device.words} />
        <p class="muted">{t.ignored.since(format.ago(now - device.since))}</p>
        <Problem error={undo.error} />
      </div>
      <div class="device__actions">
        <Button busy={undo.busy} onClick={() => void undo.run()} aria-label={t.ignored.undoName(device.name)}>
          {t.ignored.undo}
        </Button>
      </div>
    </article>
  );
}
