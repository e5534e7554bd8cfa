import { host } from "../../api/host";
import { signedOut } from "../../api/signed-out";
import { useMessages } from "../../i18n";
import { useAction } from "../../lib/action";
import { Button } from "../../ui/button";
import { DisplaySettings } from "../../ui/display-settings";
import { Problem } from "../../ui/problem";
import { Backup } from "./backup";
import { Browsers } from "./browsers";
import { ChangePassword } from "./password";
import { Tokens } from "./tokens";

/** What belongs to the owner: display, password, browsers and tokens. */
export default function Account() {
  const t = useMessages();
  const leave = useAction(async () => {
    await host.signOut();
    signedOut();
  });
  return (
    <>
      <div class="summary">
        <h1>{t.account.title}</h1>
        <Button busy={leave.busy} onClick={() => void leave.run()}>
          {t.account.signOut}
        </Button>
      </div>
      <Problem error={leave.error} />
      <section class="section" aria-labelledby="display">
        <h2 id="display">{t.account.display}</h2>
        <div class="panel">
          <DisplaySettings />
        </div>
      </section>
      <ChangePassword />
      <Browsers />
      <Tokens />
      <Backup />
    </>
  );
}
