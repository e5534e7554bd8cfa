import { host } from "../../api/host";
import { keys, queryClient, useBrowsers } from "../../api/queries";
import type { SignedInBrowser } from "../../api/types";
import { useFormat, useLanguage, useMessages } from "../../i18n";
import { browserName } from "../../i18n/browser";
import { useAction } from "../../lib/action";
import { announce } from "../../lib/announce";
import { useNow } from "../../lib/clock";
import { Button } from "../../ui/button";
import { Loading } from "../../ui/loading";
import { Problem } from "../../ui/problem";

/** Browsers that are signed in, each of which can be signed out from here. */
export function Browsers() {
  const t = useMessages();
  const browsers = useBrowsers();
  return (
    <section class="section" aria-labelledby="browsers">
      <h2 id="browsers">{t.account.browsers}</h2>
      <Loading query={browsers}>
        {(list) => (
          <ul class="list">
            {list.map((browser) => (
              <li key={browser.id}>
                <BrowserRow browser={browser} />
              </li>
            ))}
          </ul>
        )}
      </Loading>
    </section>
  );
}

function BrowserRow({ browser }: { browser: SignedInBrowser }) {
  const t = useMessages();
  const format = useFormat();
  const now = useNow(30_000);
  const label = browserName(useLanguage(), browser);
  const end = useAction(async () => {
    try {
      await host.endBrowser(browser.id);
      announce(t.account.endedBrowser(label));
    } finally {
      await queryClient.invalidateQueries({ queryKey: keys.browsers });
    }
  });
  return (
    <article class="line">
      <div>
        <h3>
          <bdi>{label}</bdi> {browser.current && <span class="tag tag--accent">{t.account.thisBrowser}</span>}
        </h3>
        <p class="muted">
          <bdi>{browser.source}</bdi> · {t.account.signedIn(format.ago(now - browser.created_at))} ·{" "}
          {t.account.used(format.ago(now - browser.last_seen))}
        </p>
        <Problem error={end.error} />
      </div>
      {!browser.current && (
        <Button
          kind="danger"
          busy={end.busy}
          aria-label={t.account.endBrowserName(label)}
          onClick={() => void end.run()}
        >
          {t.account.endBrowser}
        </Button>
      )}
    </article>
  );
}
