import { useEffect, useState } from "preact/hooks";
import { host } from "../api/host";
import { refetchAll, sessionIs } from "../api/queries";
import { useMessages } from "../i18n";
import { useAction } from "../lib/action";
import { announce } from "../lib/announce";
import { Button } from "../ui/button";
import { Command } from "../ui/command";
import { ConnectionBanner } from "../ui/connection";
import { Delayed, useDelay } from "../ui/delay";
import { Field } from "../ui/field";
import { Gate } from "../ui/gate";
import { NewPassword } from "../ui/new-password";
import { Problem } from "../ui/problem";
import { acceptable } from "../lib/strength";

/** The code that the square on the box's screen holds. */
function codeOfLink(): string {
  return new URLSearchParams(location.hash.slice(1)).get("claim") ?? "";
}

/** Makes the visitor the owner, who shows presence by the code that the box displays. */
export function Claim() {
  const t = useMessages();
  const [code, setCode] = useState(codeOfLink);
  const [password, setPassword] = useState("");
  // The code is to stay neither in the address nor in the history.
  useEffect(() => {
    if (location.hash !== "") {
      history.replaceState(history.state, "", location.pathname + location.search);
    }
  }, []);
  const claim = useAction(async () => {
    try {
      sessionIs(await host.claim({ code: code.trim(), password }));
      announce(t.claim.done);
    } finally {
      // Somebody else may have been faster.
      refetchAll();
    }
  });
  const delay = useDelay(claim.error);
  return (
    <Gate title={t.claim.title}>
      <h1>{t.claim.title}</h1>
      <p class="muted">{t.claim.intro}</p>
      <ConnectionBanner />
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (delay === 0) {
            void claim.run();
          }
        }}
      >
        <Field label={t.claim.code} value={code} onValue={setCode} autocomplete="one-time-code" autofocus required />
        <details class="help">
          <summary>{t.claim.where}</summary>
          <ul>
            <li>{t.claim.onScreen}</li>
            <li>{t.claim.inLog}</li>
            <li>
              {t.claim.onBox}
              <Command line="punktfunk-host console claim-code" />
            </li>
          </ul>
        </details>
        <NewPassword label={t.claim.password} value={password} onValue={setPassword} />
        <Problem error={claim.error} />
        <Button kind="primary" type="submit" busy={claim.busy} disabled={delay > 0 || !acceptable(password)}>
          <Delayed seconds={delay}>{t.claim.submit}</Delayed>
        </Button>
      </form>
    </Gate>
  );
}
