import { useState } from "preact/hooks";
import { host } from "../api/host";
import { proofQuestion } from "../api/proof";
import { sessionIs } from "../api/queries";
import { useMessages } from "../i18n";
import { useAction } from "../lib/action";
import { useStore } from "../lib/store";
import { Button } from "./button";
import { Delayed, useDelay } from "./delay";
import { Dialog } from "./dialog";
import { PasswordField } from "./field";
import { Problem } from "./problem";

/** Asks for the password whenever an action needs it, and lets the action go on. */
export function ProofDialog() {
  const answer = useStore(proofQuestion);
  return answer === undefined ? null : <Question answer={answer} />;
}

function Question({ answer }: { answer: (proven: boolean) => void }) {
  const t = useMessages();
  const [password, setPassword] = useState("");
  const proof = useAction(async () => {
    sessionIs(await host.prove(password));
    answer(true);
  });
  const delay = useDelay(proof.error);
  return (
    <Dialog title={t.proof.title} onClose={() => answer(false)}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void proof.run();
        }}
      >
        <p>{t.proof.intro}</p>
        <PasswordField
          label={t.signIn.password}
          value={password}
          onValue={setPassword}
          autocomplete="current-password"
          autofocus
          required
        />
        <Problem error={proof.error} />
        <div class="actions">
          <Button kind="primary" type="submit" busy={proof.busy} disabled={delay > 0}>
            <Delayed seconds={delay}>{t.proof.submit}</Delayed>
          </Button>
          <Button onClick={() => answer(false)}>{t.app.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
}
