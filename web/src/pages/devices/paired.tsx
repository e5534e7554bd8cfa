import { useRef, useState } from "preact/hooks";
import { host } from "../../api/host";
import { keys, queryClient, useClients } from "../../api/queries";
import type { Client } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { useAction } from "../../lib/action";
import { announce } from "../../lib/announce";
import { useNow } from "../../lib/clock";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/confirm";
import { Dialog } from "../../ui/dialog";
import { Empty } from "../../ui/empty";
import { Field } from "../../ui/field";
import { Hex, Identity, Swatch, Words } from "../../ui/fingerprint";
import { DevicesIcon } from "../../ui/icons";
import { Loading } from "../../ui/loading";
import { Problem } from "../../ui/problem";
import { type Expiry, GrantFields, secondsOf } from "./grant";

/** Devices that come in without asking. */
export function PairedDevices() {
  const t = useMessages();
  const clients = useClients();
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <section class="section" aria-labelledby="paired">
      <h2 id="paired" ref={heading} tabIndex={-1}>
        {t.paired.title}
      </h2>
      <Loading query={clients}>
        {(list) =>
          list.length === 0 ? (
            <Empty icon={<DevicesIcon />} title={t.paired.none}>
              {t.paired.noneText}
            </Empty>
          ) : (
            <ul class="list">
              {list.map((client) => (
                <li key={client.fingerprint}>
                  <PairedDevice client={client} onRevoked={() => heading.current?.focus()} />
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
    </section>
  );
}

function PairedDevice({ client, onRevoked }: { client: Client; onRevoked: () => void }) {
  const t = useMessages();
  const format = useFormat();
  // A guest sees the time run out; for the others it is enough to know about when.
  const now = useNow(client.expires_at == null ? 30_000 : 1_000);
  const [open, setOpen] = useState<"change" | "revoke" | undefined>(undefined);
  const close = () => setOpen(undefined);
  return (
    <article class="device">
      <Swatch colour={client.colour} />
      <div class="device__text">
        <h3>
          <bdi>{client.name}</bdi>
        </h3>
        <Words words={client.words} />
        <p class="muted">
          {t.paired.pairedAt(format.ago(now - client.paired_at), t.paired.by[client.paired_by])}
          {" · "}
          {client.last_seen == null ? t.paired.neverSeen : t.paired.lastSeen(format.ago(now - client.last_seen))}
        </p>
        <p class="tags">
          <span class="tag">{t.device.levels[client.level]}</span>
          {client.door === "gamestream" && <span class="tag">{t.paired.moonlight}</span>}
          {client.streaming > 0 && <span class="tag tag--good">{t.paired.streaming(client.streaming)}</span>}
          {client.expires_at != null && (
            <span class="tag tag--warning">
              {client.expires_at > now
                ? t.paired.left(format.duration(client.expires_at - now), format.dateTime(client.expires_at))
                : t.paired.over}
            </span>
          )}
          {client.declared && <span class="tag">{t.paired.declared}</span>}
        </p>
        <Hex fingerprint={client.fingerprint} />
      </div>
      <div class="device__actions">
        {client.declared ? (
          <p class="muted">{t.paired.declaredText}</p>
        ) : (
          <>
            <Button aria-label={t.paired.changeName(client.name)} onClick={() => setOpen("change")}>
              {t.paired.change}
            </Button>
            <Button kind="danger" aria-label={t.paired.revokeName(client.name)} onClick={() => setOpen("revoke")}>
              {t.paired.revoke}
            </Button>
          </>
        )}
      </div>
      {open === "change" && <ChangeDialog client={client} onClose={close} />}
      {open === "revoke" && <RevokeDialog client={client} onClose={close} onRevoked={onRevoked} />}
    </article>
  );
}

function ChangeDialog({ client, onClose }: { client: Client; onClose: () => void }) {
  const t = useMessages();
  const [name, setName] = useState(client.name);
  const [level, setLevel] = useState(client.level);
  const [expiry, setExpiry] = useState<Expiry | "keep">("keep");
  const change = useAction(async () => {
    const changed = await host.changeClient(client.fingerprint, {
      name: name.trim() === client.name ? undefined : name.trim(),
      level: level === client.level ? undefined : level,
      forever: expiry === "forever" ? true : undefined,
      expires_in_secs: expiry === "keep" ? undefined : secondsOf(expiry),
    });
    await queryClient.invalidateQueries({ queryKey: keys.clients });
    announce(t.paired.changed(changed.name));
    onClose();
  });
  return (
    <Dialog title={t.paired.changeTitle(client.name)} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void change.run();
        }}
      >
        <Identity name={client.name} of={client} />
        <Field label={t.device.name} value={name} onValue={setName} autocomplete="off" maxLength={64} required />
        <GrantFields
          level={level}
          onLevel={setLevel}
          expiry={expiry}
          onExpiry={setExpiry}
          expiries={["keep", "forever", "hour", "evening", "day", "week", "month"]}
        />
        <Problem error={change.error} />
        <div class="actions">
          <Button kind="primary" type="submit" busy={change.busy}>
            {t.app.save}
          </Button>
          <Button onClick={onClose}>{t.app.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function RevokeDialog({ client, onClose, onRevoked }: { client: Client; onClose: () => void; onRevoked: () => void }) {
  const t = useMessages();
  const revoke = async () => {
    try {
      await host.revokeClient(client.fingerprint);
      announce(t.paired.revoked(client.name));
      onClose();
    } finally {
      await queryClient.invalidateQueries({ queryKey: keys.clients });
    }
    // The row of the device is gone, and with it what had the focus.
    onRevoked();
  };
  return (
    <ConfirmDialog title={t.paired.revokeTitle(client.name)} verb={t.paired.revoke} perform={revoke} onClose={onClose}>
      <Identity name={client.name} of={client} />
      <p>{client.streaming > 0 ? t.paired.revokeCuts(client.streaming) : t.paired.revokeNothing}</p>
      <p class="muted">{t.paired.revokeText}</p>
    </ConfirmDialog>
  );
}
