import { useDoctor } from "../api/queries";
import type { Check } from "../api/types";
import { useLanguage, useMessages } from "../i18n";
import { sentence } from "../i18n/format";
import { probeName } from "../i18n/probes";
import { Button } from "../ui/button";
import { AlertIcon, CheckIcon } from "../ui/icons";
import { Loading } from "../ui/loading";

/** What the box finds when it checks itself. What is wrong comes first, each with its next step. */
export default function Health() {
  const t = useMessages();
  const doctor = useDoctor();
  return (
    <>
      <h1>{t.health.title}</h1>
      <p class="muted lead">{t.health.intro}</p>
      <Loading query={doctor}>
        {(probes) => (
          <>
            <div class="summary">
              <Summary probes={probes} />
              <Button busy={doctor.isFetching} onClick={() => void doctor.refetch()}>
                {doctor.isFetching ? t.health.checking : t.health.again}
              </Button>
            </div>
            <ul class="list">
              {[...probes]
                .sort((one, other) => Number(one.good) - Number(other.good))
                .map((probe, index) => (
                  <li key={`${probe.code} ${index}`}>
                    <Result probe={probe} />
                  </li>
                ))}
            </ul>
          </>
        )}
      </Loading>
    </>
  );
}

function Summary({ probes }: { probes: readonly Check[] }) {
  const t = useMessages();
  const bad = probes.filter((probe) => !probe.good).length;
  return bad === 0 ? (
    <p class="well" role="status">
      <CheckIcon />
      <strong>{t.health.allGood(probes.length)}</strong>
    </p>
  ) : (
    <p class="banner banner--warning" role="status">
      <AlertIcon />
      <strong>{t.health.someBad(bad, probes.length)}</strong>
    </p>
  );
}

function Result({ probe }: { probe: Check }) {
  const t = useMessages();
  const language = useLanguage();
  return (
    <article class="probe">
      <span class={probe.good ? "probe__mark probe__mark--good" : "probe__mark probe__mark--bad"}>
        {probe.good ? <CheckIcon /> : <AlertIcon />}
        <span class="unseen">{probe.good ? t.health.good : t.health.bad}</span>
      </span>
      <div class="probe__text">
        <h2 class="probe__name">{probeName(language, probe)}</h2>
        {/* What was found is told by the parts of the host, in their own words. */}
        <p class="found" lang="en">
          {sentence(probe.found)}
        </p>
        {probe.next != null && (
          <p class="probe__next">
            <strong>{t.health.next}:</strong> <span lang="en">{sentence(probe.next)}</span>
          </p>
        )}
      </div>
    </article>
  );
}
