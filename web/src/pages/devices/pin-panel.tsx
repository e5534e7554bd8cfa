import { useEffect, useRef, useState } from "preact/hooks";
import { host } from "../../api/host";
import { keys, queryClient, usePending, usePin } from "../../api/queries";
import type { PinStatus } from "../../api/types";
import { type Messages, useFormat, useMessages } from "../../i18n";
import { clock } from "../../i18n/format";
import { type Action, useAction } from "../../lib/action";
import { useCountdown, useNow } from "../../lib/clock";
import { Button } from "../../ui/button";
import { Choice } from "../../ui/field";
import { Identity, looksOf } from "../../ui/fingerprint";
import { AlertIcon } from "../../ui/icons";
import { Loading } from "../../ui/loading";
import { Problem } from "../../ui/problem";
import { ANYONE, choices, proposal, type Target } from "./pin-target";

/** Pairing with a PIN, for a device that does not wait. */
export function PinPanel() {
  const t = useMessages();
  const pin = usePin();
  return (
    <section class="section" aria-labelledby="pin">
      <h2 id="pin">{t.pin.title}</h2>
      <div class="panel stack">
        <Loading query={pin}>
          {(status) => (status.enabled ? <Panel status={status} /> : <p class="muted">{t.pin.off}</p>)}
        </Loading>
      </div>
    </section>
  );
}

function Panel({ status }: { status: PinStatus }) {
  const t = useMessages();
  // Told here, since it can turn out in the moment of the press that a PIN is armed: then that one is shown, with the reason.
  const arming = useAction(async (fingerprint: string) => {
    try {
      queryClient.setQueryData(keys.pin, await host.armPin(fingerprint === ANYONE ? undefined : fingerprint));
    } catch (error) {
      await queryClient.invalidateQueries({ queryKey: keys.pin });
      throw error;
    }
  });
  useEffect(() => {
    if (!status.armed) {
      arming.forget();
    }
  }, [status.armed]);
  return (
    <>
      {status.alert && (
        <p class="banner banner--alarm">
          <AlertIcon />
          <span>{t.pin.alert(status.failures)}</span>
        </p>
      )}
      <Problem error={arming.error} />
      {status.armed ? <Armed status={status} /> : <Unarmed status={status} arming={arming} />}
    </>
  );
}

function Unarmed({ status, arming }: { status: PinStatus; arming: Action<[fingerprint: string]> }) {
  const t = useMessages();
  const { data: pending = [] } = usePending();
  // whoever shows a PIN of its own takes none from here
  const waiting = pending.filter((knock) => knock.via === "approve");
  const [chosen, setChosen] = useState<Target | undefined>(undefined);
  const proposed = useRef<Target | undefined>(undefined);
  proposed.current = proposal(proposed.current, waiting);
  const target = chosen ?? proposed.current;
  const { present, left } = choices(target, waiting);
  const options: Target[] = [...present, ...(left === undefined ? [] : [left]), [ANYONE, t.pin.anyone]];
  const fingerprint = target?.[0] ?? ANYONE;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void arming.run(fingerprint);
      }}
    >
      <p class="muted">{t.pin.intro}</p>
      <Outcome status={status} />
      {options.length > 1 && (
        <Choice
          label={t.pin.bindTo}
          value={fingerprint}
          options={options}
          onValue={(value) => setChosen(options.find(([one]) => one === value))}
          hint={fingerprint === ANYONE ? t.pin.anyoneText : undefined}
        />
      )}
      <div role="status">{left !== undefined && <p class="banner banner--warning">{t.pin.targetLeft}</p>}</div>
      <div class="actions">
        <Button type="submit" kind="primary" busy={arming.busy} disabled={left !== undefined}>
          {t.pin.arm}
        </Button>
      </div>
    </form>
  );
}

function Armed({ status }: { status: PinStatus }) {
  const t = useMessages();
  const { data: waiting = [] } = usePending();
  const left = useCountdown(status.expires_in_secs);
  const usable = Math.ceil(useCountdown(status.usable_in_secs));
  const disarm = useAction(async () => {
    await host.disarmPin();
    await queryClient.invalidateQueries({ queryKey: keys.pin });
  });
  // The host says so as well; this is for when its word does not come through.
  const over = left === 0;
  useEffect(() => {
    if (over) {
      void queryClient.invalidateQueries({ queryKey: keys.pin });
    }
  }, [over]);
  const bound = waiting.find((knock) => knock.fingerprint === status.fingerprint);
  const looks = looksOf(status);
  return (
    <div class="pin">
      <p>{t.pin.type}</p>
      <p class="pin__digits" translate={false}>
        {/* Digit by digit for those who listen. */}
        <span class="unseen">{status.pin?.split("").join(" ")}</span>
        <span aria-hidden="true">{status.pin}</span>
      </p>
      <p class="pin__left" role="timer">
        {t.pin.left(clock(left))}
      </p>
      {usable > 0 && <p>{t.pin.usableIn(usable)}</p>}
      <p class="muted">
        {status.fingerprint == null
          ? t.pin.unbound
          : bound === undefined
            ? t.pin.boundToOther
            : t.pin.boundTo(bound.name)}
      </p>
      {looks !== undefined && <Identity name={bound?.name ?? t.pin.someDevice} of={looks} />}
      <Problem error={disarm.error} />
      <Button busy={disarm.busy} onClick={() => void disarm.run()}>
        {t.pin.disarm}
      </Button>
    </div>
  );
}

/** Seconds for which the outcome of the last PIN is of interest. */
const RECENT = 3_600;

/** What came of the last PIN. */
function Outcome({ status }: { status: PinStatus }) {
  const t = useMessages();
  const format = useFormat();
  const now = useNow(10_000);
  const last = status.last != null && now - status.last.at < RECENT ? status.last : undefined;
  const looks = last && looksOf(last);
  return (
    <div role="status">
      {last !== undefined && (
        <div class={last.outcome === "paired" ? "banner banner--good" : "banner"}>
          <div class="told">
            <p>{t.pin.when(outcome(t, last), format.ago(now - last.at))}</p>
            {looks !== undefined && <Identity name={last.name ?? t.pin.someDevice} of={looks} />}
          </div>
        </div>
      )}
    </div>
  );
}

function outcome(t: Messages, last: NonNullable<PinStatus["last"]>): string {
  const name = last.name ?? t.pin.someDevice;
  switch (last.outcome) {
    case "paired":
      return t.pin.paired(name);
    case "wrong":
      return t.pin.wrong(name);
    case "expired":
      return t.pin.expired;
    case "disarmed":
      return t.pin.disarmed;
    case "abandoned":
      return t.pin.abandoned(name);
    case "failed":
      return t.pin.failed(name);
  }
}
