import { useState } from "preact/hooks";
import { host } from "../../api/host";
import { keys, queryClient, sessionIs, useSession } from "../../api/queries";
import { useMessages } from "../../i18n";
import { useAction } from "../../lib/action";
import { announce } from "../../lib/announce";
import { acceptable } from "../../lib/strength";
import { Button } from "../../ui/button";
import { Delayed, useDelay } from "../../ui/delay";
import { PasswordField } from "../../ui/field";
import { NewPassword } from "../../ui/new-password";
import { Problem } from "../../ui/problem";
import { Username } from "../../ui/username";

/** Gives the console another password. */
export function ChangePassword() {
  const t = useMessages();
  const { data: session } = useSession();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const change = useAction(async () => {
    sessionIs(await host.changePassword({ current, new: fresh }));
    setCurrent("");
    setFresh("");
    announce(t.account.changed);
    await queryClient.invalidateQueries({ queryKey: keys.browsers });
  });
  const delay = useDelay(change.error);
  return (
    <section class="section" aria-labelledby="password">
      <h2 id="password">{t.account.password}</h2>
      <form
        class="panel stack"
        onSubmit={(event) => {
          event.preventDefault();
          void change.run();
        }}
      >
        <p class="muted">{t.account.passwordText}</p>
        <Username box={session?.box_name ?? "punktfunk"} />
        <div class="row row--wide">
          <PasswordField
            label={t.account.current}
            value={current}
            onValue={setCurrent}
            autocomplete="current-password"
            required
          />
          <NewPassword label={t.account.fresh} value={fresh} onValue={setFresh} />
        </div>
        <Problem error={change.error} />
        <div class="actions">
          <Button type="submit" busy={change.busy} disabled={delay > 0 || current === "" || !acceptable(fresh)}>
            <Delayed seconds={delay}>{t.account.change}</Delayed>
          </Button>
        </div>
      </form>
    </section>
  );
}
