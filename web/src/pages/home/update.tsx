import type { Status } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";

type Update = NonNullable<Status["update"]>;

/** How the box is updated, in a line; nothing while its updater has nothing to say. */
export function UpdateLine({ update }: { update: Update }) {
  const t = useMessages();
  const format = useFormat();
  const { running, available, phase, progress_percent: percent, last } = update;
  const at = Date.parse(last?.at ?? "") / 1_000;
  const doing = (word: string) => t.update.phases[word as keyof typeof t.update.phases] ?? word;
  const said = [
    running != null && t.update.running(running),
    available != null && available !== running && t.update.offered(available),
    phase != null &&
      phase !== "idle" &&
      t.update.doing(doing(phase), percent == null ? "" : format.percent(percent / 100)),
    last != null && !Number.isNaN(at) && t.update.last(last.version, format.dateTime(at)),
  ].filter((part) => part !== false);
  return said.length === 0 ? null : <p class="muted">{said.join(" · ")}</p>;
}
