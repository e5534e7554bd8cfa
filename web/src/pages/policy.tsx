import { useState } from "preact/hooks";
import { host } from "../api/host";
import { keys, queryClient, usePolicy } from "../api/queries";
import type { PolicyRow, PolicyView } from "../api/types";
import { useFormat, useLanguage, useMessages } from "../i18n";
import { described } from "../i18n/policy";
import { useAction } from "../lib/action";
import { announce } from "../lib/announce";
import { inline } from "../lib/yaml";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy";
import { Field } from "../ui/field";
import { Loading } from "../ui/loading";
import { Problem } from "../ui/problem";
import { Prose } from "../ui/prose";

/** What the box may do, where each value comes from, and whether the file on disk is in force. */
export default function PolicyPage() {
  const t = useMessages();
  const policy = usePolicy();
  return (
    <>
      <h1>{t.policy.title}</h1>
      <p class="muted lead">{t.policy.intro}</p>
      <Loading query={policy}>{(data) => <Effective policy={data} />}</Loading>
    </>
  );
}

function Effective({ policy }: { policy: PolicyView }) {
  const t = useMessages();
  const language = useLanguage();
  const [text, setText] = useState("");
  const [onlyChanged, setOnlyChanged] = useState(false);
  const reload = useAction(async () => {
    try {
      queryClient.setQueryData(keys.policy, await host.reloadPolicy());
      announce(t.policy.reloaded);
    } finally {
      await queryClient.invalidateQueries({ queryKey: keys.policy });
    }
  });
  const wanted = text.trim().toLowerCase();
  const rows = policy.rows.filter(
    (row) =>
      (!onlyChanged || row.origin !== "default") &&
      (wanted === "" || `${row.path} ${described(language, row.description).text}`.toLowerCase().includes(wanted)),
  );
  return (
    <div class="stack">
      <div class="summary">
        <p>
          {policy.file == null ? (
            t.policy.noFile
          ) : (
            <>
              {t.policy.file}: <code>{policy.file}</code>
            </>
          )}
        </p>
        <div class="actions">
          <Button busy={reload.busy} onClick={() => void reload.run()}>
            {t.policy.reload}
          </Button>
          <CopyButton text={policy.yaml} label={t.policy.copyYaml} />
        </div>
      </div>
      <Problem error={reload.error} />
      {policy.problem != null && <BadFile problem={policy.problem} />}
      <div class="filters">
        <Field label={t.policy.search} value={text} onValue={setText} autocomplete="off" />
        <label class="check">
          <input
            type="checkbox"
            checked={onlyChanged}
            onChange={(event) => setOnlyChanged(event.currentTarget.checked)}
          />
          {t.policy.onlyChanged}
        </label>
      </div>
      {rows.length === 0 ? (
        <p class="muted" role="status">
          {t.policy.none}
        </p>
      ) : (
        [...groups(rows)].map(([name, group]) => <Group key={name} name={name} rows={group} />)
      )}
    </div>
  );
}

function Group({ name, rows }: { name: string; rows: readonly PolicyRow[] }) {
  const list = rows.map((row) => <Row key={row.path} row={row} />);
  return name === "" ? (
    <dl class="list">{list}</dl>
  ) : (
    <details class="list" open>
      <summary class="policy-group">
        <h2>
          <code>{name}</code>
        </h2>
      </summary>
      <dl>{list}</dl>
    </details>
  );
}

/** The rows by the first word of their paths, in the order of the host; those of one word come first, without a name. */
function groups(rows: readonly PolicyRow[]): Map<string, PolicyRow[]> {
  const byName = new Map<string, PolicyRow[]>();
  for (const row of [...rows].sort((one, other) => Number(one.path.includes(".")) - Number(other.path.includes(".")))) {
    const name = row.path.includes(".") ? (row.path.split(".")[0] ?? "") : "";
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  return byName;
}

function BadFile({ problem }: { problem: NonNullable<PolicyView["problem"]> }) {
  const t = useMessages();
  const format = useFormat();
  return (
    <section class="banner banner--alarm bad-file" aria-labelledby="bad-file">
      <h2 id="bad-file">{t.policy.problem}</h2>
      <p>
        {t.policy.problemText}
        {problem.at != null && ` (${format.dateTime(problem.at)})`}
      </p>
      <pre class="command" tabIndex={0} lang="en">
        {problem.text}
      </pre>
    </section>
  );
}

function Row({ row }: { row: PolicyRow }) {
  const t = useMessages();
  const what = described(useLanguage(), row.description);
  const shown = (value: unknown) => (value === null || value === "" ? t.policy.empty : inline(value));
  return (
    <div class="policy-row">
      <dt>
        <code>{row.path}</code>
        <span class={row.origin === "default" ? "tag" : "tag tag--accent"}>{t.policy.origins[row.origin]}</span>
        {row.place != null && <code class="muted policy-row__place">{row.place}</code>}
      </dt>
      <dd>
        <code class="policy-row__value">{shown(row.value)}</code>
        {row.origin !== "default" && shown(row.default) !== shown(row.value) && (
          <span class="muted"> {t.policy.builtIn(shown(row.default))}</span>
        )}
      </dd>
      <dd class="muted policy-row__what" lang={what.language}>
        <Prose text={what.text} />
      </dd>
    </div>
  );
}
