import { host } from "../../api/host";
import { keys, queryClient } from "../../api/queries";
import type { Attention } from "../../api/types";
import { useLanguage, useMessages } from "../../i18n";
import { told } from "../../i18n/attention";
import { sentence as toSentence } from "../../i18n/format";
import { useAction } from "../../lib/action";
import { Link } from "../../lib/router";
import { routes } from "../../routes";
import { Button } from "../../ui/button";
import { AlertIcon, InfoIcon, KnockIcon } from "../../ui/icons";
import { Problem } from "../../ui/problem";
import { Prose } from "../../ui/prose";

/** Where the owner can do something about it. */
const PLACES: Partial<Record<Attention["code"], string>> = {
  knocks_waiting: routes.devices,
  pin_guessing: routes.devices,
  pins_stopped: routes.devices,
  policy_bad: routes.policy,
  policy_refused: routes.policy,
  open_mode: routes.policy,
  weaker_door: routes.policy,
  no_codec: routes.policy,
  no_door: routes.policy,
  restart_due: routes.policy,
  setting_without_effect: routes.policy,
  store_not_saved: routes.health,
  no_picture: routes.health,
  no_display: routes.health,
  no_encoder: routes.health,
  encoder_fell_back: routes.health,
  software_encoder: routes.health,
  input_unavailable: routes.health,
};

/** What wants the owner's eye, in the order of the host: the worst first. */
export function AttentionList({ items }: { items: readonly Attention[] }) {
  return (
    <ul class="attention">
      {items.map((item) => (
        <li
          key={`${item.code} ${Object.values(item.params).join(" ")}`}
          class={`attention__item attention__item--${item.severity}`}
        >
          <Item item={item} />
        </li>
      ))}
    </ul>
  );
}

function Item({ item }: { item: Attention }) {
  const t = useMessages();
  const own = told(useLanguage(), item);
  const [sentence, next] = own ?? [toSentence(item.sentence), toSentence(item.next)];
  const place = PLACES[item.code];
  const accept = useAction(async () => {
    await host.acceptClock();
    await queryClient.invalidateQueries({ queryKey: keys.status });
  });
  return (
    <>
      {item.code === "knocks_waiting" ? <KnockIcon /> : item.severity === "notice" ? <InfoIcon /> : <AlertIcon />}
      <div lang={own === undefined ? "en" : undefined}>
        <p class="attention__what">
          <Prose text={sentence} />
        </p>
        <p>
          <Prose text={next} />
        </p>
        {item.code === "policy_refused" && (
          <pre class="command" tabIndex={0} lang="en">
            {item.params["text"]}
          </pre>
        )}
        {item.code === "clock_behind" && <Problem error={accept.error} />}
      </div>
      {place !== undefined && (
        <Link class="button button--plain" href={place}>
          {t.home.look}
          <span class="unseen"> {sentence}</span>
        </Link>
      )}
      {item.code === "clock_behind" && (
        <Button busy={accept.busy} onClick={() => void accept.run()}>
          {t.home.acceptClock}
        </Button>
      )}
    </>
  );
}
