import { useState } from "preact/hooks";
import { host } from "../api/host";
import { refetchAll, sessionIs } from "../api/queries";
import { useMessages } from "../i18n";
import { useAction } from "../lib/action";
import { Button } from "../ui/button";
import { Command } from "../ui/command";
import { ConnectionBanner } from "../ui/connection";
import { Delayed, useDelay } from "../ui/delay";
import { PasswordField } from "../ui/field";
import { Gate } from "../ui/gate";
import { Problem } from "../ui/problem";
import { Username } from "../ui/username";

/** Asks for the password; `ended` after a session in this very page. The page that was asked for comes up afterwards, since the address stays. */
export function SignIn({ box, ended }: { box: string; ended: boolean }) {
  const t = useMessages();
  const [password, setPassword] = useState("");
  const signIn = useAction(async () => {
    sessionIs(await host.signIn(password));
    refetchAll();
  });
  const delay = useDelay(signIn.error);
  return (
    <Gate title={t.signIn.title(box)}>
      <h1>{t.signIn.title(box)}</h1>
      <ConnectionBanner />
      {ended && <p class="muted">{t.signIn.ended}</p>}
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (delay === 0) {
            void signIn.run();
          }
        }}
      >
        <Username box={box} />
        <PasswordField
          label={t.signIn.password}
          value={password}
          onValue={setPassword}
          name="password"
          autocomplete="current-password"
          autofocus
          required
        />
        <Problem error={signIn.error} />
        <Button kind="primary" type="submit" busy={signIn.busy} disabled={delay > 0}>
          <Delayed seconds={delay}>{t.signIn.submit}</Delayed>
        </Button>
      </form>
      <details class="help">
        <summary>{t.signIn.forgotten}</summary>
        <p>{t.signIn.reset}</p>
        <Command line="punktfunk-host console reset-password" />
      </details>
    </Gate>
  );
}
