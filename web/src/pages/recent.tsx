import { useState } from "preact/hooks";
import { RECORD_MOST, useRecord } from "../api/queries";
import type { Recorded } from "../api/types";
import { type Language, type Messages, useFormat, useLanguage, useMessages } from "../i18n";
import { browserName } from "../i18n/browser";
import { happened } from "../i18n/happenings";
import { useNow } from "../lib/clock";
import { Button } from "../ui/button";
import { Empty } from "../ui/empty";
import { Switch } from "../ui/field";
import { Identity, looksOf } from "../ui/fingerprint";
import { RecentIcon } from "../ui/icons";
import { Loading } from "../ui/loading";

/** Entries that are asked for at first, and more at each press. */
const STEP = 50;
type Filter = "all" | Recorded["book"];

/** What has happened at the door and at the console, the newest first. */
export default function Recent() {
  const t = useMessages();
  const [limit, setLimit] = useState(STEP);
  const [filter, setFilter] = useState<Filter>("all");
  const record = useRecord(limit);
  return (
    <>
      <h1>{t.recent.title}</h1>
      <p class="muted lead">{t.recent.intro}</p>
      <Loading query={record}>
        {(entries) =>
          entries.length === 0 ? (
            <Empty icon={<RecentIcon />} title={t.recent.none}>
              {t.recent.noneText}
            </Empty>
          ) : (
            <div class="stack">
              <Switch
                label={t.recent.filter}
                value={filter}
                options={[
                  ["all", t.recent.filters.all],
                  ["admission", t.recent.filters.admission],
                  ["owner", t.recent.filters.owner],
                ]}
                onValue={setFilter}
              />
              <Entries entries={entries.filter((entry) => filter === "all" || entry.book === filter)} />
              {entries.length >= limit && limit < RECORD_MOST && (
                <div class="actions">
                  <Button busy={record.isFetching} onClick={() => setLimit(Math.min(limit + STEP, RECORD_MOST))}>
                    {t.recent.more}
                  </Button>
                </div>
              )}
            </div>
          )
        }
      </Loading>
    </>
  );
}

function Entries({ entries }: { entries: readonly Recorded[] }) {
  const t = useMessages();
  return entries.length === 0 ? (
    <Empty icon={<RecentIcon />} title={t.recent.noneOfThese}>
      {t.recent.noneOfTheseText}
    </Empty>
  ) : (
    <ol class="list">
      {entries.map((entry) => (
        <li key={`${entry.book} ${entry.number}`}>
          <Entry entry={entry} />
        </li>
      ))}
    </ol>
  );
}

/** What happens at the console and is told with the name of something else than a browser. */
const NAMES_OTHERS: ReadonlySet<Recorded["what"]> = new Set(["token_made", "token_revoked"]);

function Entry({ entry }: { entry: Recorded }) {
  const t = useMessages();
  const language = useLanguage();
  const format = useFormat();
  const now = useNow(30_000);
  const isBrowser = entry.book === "owner" && entry.name != null && !NAMES_OTHERS.has(entry.what);
  const name = isBrowser ? browserName(language, { ...entry, label: entry.name }) : entry.name;
  const looks = looksOf(entry);
  const decider = entry.by == null ? undefined : looksOf(entry.by);
  const details = [
    entry.by == null ? undefined : giver(t, language, entry.by),
    entry.source == null ? undefined : t.recent.from(entry.source),
  ].filter((part) => part !== undefined);
  return (
    <article class="entry">
      <div>
        <p>
          {happened(language, entry.what)}
          {name != null && looks === undefined && (
            <>
              {": "}
              <strong>
                <bdi>{name}</bdi>
              </strong>
            </>
          )}
          {details.length > 0 && <span class="muted"> {details.join(", ")}</span>}
        </p>
        {looks !== undefined && <Identity small name={entry.name ?? t.recent.someDevice} of={looks} />}
        {decider !== undefined && (
          <>
            <p class="muted">{t.recent.decidedBy}</p>
            <Identity small name={entry.by?.name ?? t.recent.someDevice} of={decider} />
          </>
        )}
      </div>
      <p class="muted entry__time">
        <time dateTime={new Date(entry.at * 1_000).toISOString()} title={format.dateTime(entry.at)}>
          {format.ago(now - entry.at)}
        </time>
      </p>
    </article>
  );
}

/** On whose order it was. */
function giver(t: Messages, language: Language, by: NonNullable<Recorded["by"]>): string {
  if (by.kind === "browser" && by.name != null) {
    return t.recent.byBrowser(browserName(language, { ...by, label: by.name }));
  }
  if (by.kind === "token" && by.name != null) {
    return t.recent.byToken(by.name);
  }
  const others: Record<string, string> = t.recent.by;
  return others[by.kind] ?? by.kind;
}
