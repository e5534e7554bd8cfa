import { useRef, useState } from "preact/hooks";
import { usePending, useStatus } from "../../api/queries";
import type { Refusal } from "../../api/refusal";
import { useLanguage, useMessages } from "../../i18n";
import { explain } from "../../i18n/explain";
import { Button } from "../../ui/button";
import { Empty } from "../../ui/empty";
import { AlertIcon, KnockIcon } from "../../ui/icons";
import { Loading } from "../../ui/loading";
import { IgnoredDevices } from "./ignored";
import { KnockCard } from "./knock-card";
import { PairedDevices } from "./paired";
import { PinPanel } from "./pin-panel";

/** Who may use the box: who waits, who is let in, and who is kept out. */
export function Devices() {
  const t = useMessages();
  return (
    <>
      <h1>{t.devices.title}</h1>
      <Waiting />
      <PinPanel />
      <PairedDevices />
      <IgnoredDevices />
    </>
  );
}

function Waiting() {
  const t = useMessages();
  const language = useLanguage();
  const pending = usePending();
  const heading = useRef<HTMLHeadingElement>(null);
  const [gone, setGone] = useState<{ name: string; why: Refusal } | undefined>(undefined);
  const { data: status } = useStatus();
  return (
    <section class="section" aria-labelledby="waiting">
      <h2 id="waiting" ref={heading} tabIndex={-1}>
        {t.devices.waiting}
      </h2>
      {status?.pairing_required === false && (
        <p class="banner banner--warning">
          <span>
            <strong>{t.devices.openMode}</strong> {t.devices.openModeText}
          </span>
        </p>
      )}
      <div role="alert">
        {gone !== undefined && (
          <div class="problem">
            <AlertIcon />
            <span>{t.knock.gone(gone.name, explain(language, gone.why).text)}</span>
            <Button onClick={() => setGone(undefined)}>{t.app.close}</Button>
          </div>
        )}
      </div>
      <Loading query={pending}>
        {(knocks) =>
          knocks.length === 0 ? (
            <Empty icon={<KnockIcon />} title={t.devices.nobodyWaits}>
              {t.devices.nobodyWaitsText(status?.name ?? "punktfunk")}
            </Empty>
          ) : (
            <ul class="cards">
              {/* Whoever came first stays first: a card that moves could be pressed in place of another. */}
              {[...knocks]
                .sort((one, other) => one.first_seen - other.first_seen || one.id - other.id)
                .map((knock) => (
                  <li key={`${knock.id} ${knock.fingerprint}`}>
                    <KnockCard
                      knock={knock}
                      onAnswered={() => heading.current?.focus()}
                      onGone={(lost, why) => setGone({ name: lost.name, why })}
                    />
                  </li>
                ))}
            </ul>
          )
        }
      </Loading>
    </section>
  );
}
