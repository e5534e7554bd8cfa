import { useState } from "preact/hooks";
import { host } from "../../api/host";
import type { RestoreState } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { useAction } from "../../lib/action";
import { announce } from "../../lib/announce";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/confirm";
import { FileField, PasswordField } from "../../ui/field";
import { Problem } from "../../ui/problem";

/** The least characters of a passphrase, as the host has it. */
const LEAST = 10;

/** Takes the box’s identity and devices out as one encrypted file, and puts such a file back. */
export function Backup() {
  const t = useMessages();
  return (
    <section class="section" aria-labelledby="backup">
      <h2 id="backup">{t.backup.title}</h2>
      <p class="muted">{t.backup.text}</p>
      <MakeBackup />
      <Restore />
    </section>
  );
}

function MakeBackup() {
  const t = useMessages();
  const [passphrase, setPassphrase] = useState("");
  const make = useAction(async () => {
    save(await host.backup(passphrase));
    setPassphrase("");
    announce(t.backup.made);
  });
  return (
    <form
      class="panel stack"
      onSubmit={(event) => {
        event.preventDefault();
        void make.run();
      }}
    >
      <h3>{t.backup.makeTitle}</h3>
      <PasswordField
        label={t.backup.passphrase}
        value={passphrase}
        onValue={setPassphrase}
        autocomplete="off"
        hint={t.backup.passphraseHint(LEAST)}
        required
      />
      <Problem error={make.error} />
      <div class="actions">
        <Button type="submit" busy={make.busy} disabled={passphrase.length < LEAST}>
          {t.backup.make}
        </Button>
      </div>
    </form>
  );
}

function Restore() {
  const t = useMessages();
  const format = useFormat();
  const [file, setFile] = useState<File | undefined>(undefined);
  const [passphrase, setPassphrase] = useState("");
  const [asking, setAsking] = useState(false);
  const [decided, setDecided] = useState<RestoreState | undefined>(undefined);
  const restore = async () => {
    if (file !== undefined) {
      setDecided(await host.restore({ passphrase, file: hex(new Uint8Array(await file.arrayBuffer())) }));
      setPassphrase("");
      setAsking(false);
    }
  };
  return (
    <form
      class="panel stack"
      onSubmit={(event) => {
        event.preventDefault();
        setAsking(true);
      }}
    >
      <h3>{t.backup.restoreTitle}</h3>
      <div class="row row--wide">
        <FileField label={t.backup.file} accept=".age" onFile={setFile} />
        <PasswordField
          label={t.backup.passphrase}
          value={passphrase}
          onValue={setPassphrase}
          autocomplete="off"
          required
        />
      </div>
      {decided !== undefined && (
        <div class="banner" role="status">
          <p>{t.backup.decided(format.dateTime(decided.made_at))}</p>
          {decided.policy != null && <p>{t.backup.policy}</p>}
        </div>
      )}
      <div class="actions">
        <Button type="submit" kind="danger" disabled={file === undefined || passphrase === ""}>
          {t.backup.restore}
        </Button>
      </div>
      {asking && (
        <ConfirmDialog
          title={t.backup.restoreAsk}
          verb={t.backup.restore}
          perform={restore}
          onClose={() => setAsking(false)}
        >
          <p>{t.backup.restoreText}</p>
        </ConfirmDialog>
      )}
    </form>
  );
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Hands the file over to the browser, which stores it as it does others. */
function save(file: Blob) {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = "punktfunk-backup.age";
  link.click();
  URL.revokeObjectURL(url);
}
