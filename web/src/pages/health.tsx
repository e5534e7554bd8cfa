import { useDoctor } from "../api/queries";
import type { Check } from "../api/types";
import { type Language, useLanguage, useMessages } from "../i18n";
import { sentence } from "../i18n/format";
import { told } from "../i18n/attention";
import { subject, translated } from "../i18n/machine";
import { Button } from "../ui/button";
import { AlertIcon, CheckIcon } from "../ui/icons";
import { Loading } from "../ui/loading";
import { Prose } from "../ui/prose";

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
      <span>
        <strong>{t.health.someBad(bad, probes.length)}</strong>
      </span>
    </p>
  );
}

function Result({ probe }: { probe: Check }) {
  const t = useMessages();
  const language = useLanguage();
  const own = translated(language, probe) ?? noticed(language, probe);
  const next = own?.next ?? (probe.next == null ? undefined : sentence(probe.next));
  return (
    <article class="probe">
      <span class={probe.good ? "probe__mark probe__mark--good" : "probe__mark probe__mark--bad"}>
        {probe.good ? <CheckIcon /> : <AlertIcon />}
        <span class="unseen">{probe.good ? t.health.good : t.health.bad}</span>
      </span>
      <div>
        <h2 class="probe__name">{subject(language, probe.subject)}</h2>
        <p class="found" lang={own === undefined ? "en" : undefined}>
          <Prose text={own?.found ?? sentence(probe.found)} />
        </p>
        {next !== undefined && (
          <p class={probe.good ? "probe__next" : "probe__next probe__next--bad"}>
            <strong>{probe.good ? t.health.better : t.health.next}:</strong>{" "}
            <span lang={own?.next === undefined ? "en" : undefined}>
              <Prose text={next} />
            </span>
          </p>
        )}
      </div>
    </article>
  );
}

/** What wants the owner's eye is among the checks, too. */
function noticed(language: Language, probe: Check): { found: string; next: string } | undefined {
  const own =
    language === "en" ? undefined : told(language, { ...probe, sentence: probe.found, next: probe.next ?? "" });
  return own === undefined ? undefined : { found: own[0], next: own[1] };
}
