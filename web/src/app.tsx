import { useEffect, useRef } from "preact/hooks";
import { followEvents } from "./api/live";
import { forgetBox, useSession } from "./api/queries";
import { Refusal } from "./api/refusal";
import { useLanguage, useMessages } from "./i18n";
import { Announcer } from "./lib/announce";
import { Claim } from "./pages/claim";
import { SignIn } from "./pages/sign-in";
import { ConnectionBanner } from "./ui/connection";
import { Gate } from "./ui/gate";
import { Problem } from "./ui/problem";
import { ProofDialog } from "./ui/proof-dialog";
import { Shell } from "./shell";

/** The console: the claim page, the sign-in page, or the pages behind them. The address stays the same in all three. */
export function App() {
  const language = useLanguage();
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <>
      <Door />
      <Announcer />
    </>
  );
}

function Door() {
  const t = useMessages();
  const { data: session, error } = useSession();
  const signedIn = session?.claimed === true && session.signed_in;
  const before = useRef(false);
  before.current ||= signedIn;
  useEffect(() => {
    if (signedIn) {
      return followEvents();
    }
    forgetBox();
    return undefined;
  }, [signedIn]);

  if (session === undefined) {
    return (
      <Gate title="punktfunk">
        <ConnectionBanner />
        {error instanceof Refusal ? <Problem error={error} /> : <p class="muted">{t.app.loading}</p>}
      </Gate>
    );
  }
  if (!session.claimed) {
    return <Claim />;
  }
  if (!session.signed_in) {
    return <SignIn box={session.box_name} ended={before.current} />;
  }
  return (
    <>
      <Shell box={session.box_name} />
      <ProofDialog />
    </>
  );
}
