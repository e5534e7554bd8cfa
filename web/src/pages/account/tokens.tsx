import { useState } from "preact/hooks";
import { host } from "../../api/host";
import { keys, queryClient, useTokens } from "../../api/queries";
import type { ApiToken, NewApiToken, TokenScope } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { useAction } from "../../lib/action";
import { announce } from "../../lib/announce";
import { useNow } from "../../lib/clock";
import { Link } from "../../lib/router";
import { routes } from "../../routes";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/confirm";
import { CopyButton } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { Choice, Field } from "../../ui/field";
import { Loading } from "../../ui/loading";
import { Problem } from "../../ui/problem";

const SCOPES = ["read", "devices", "all"] as const satisfies readonly TokenScope[];

/** Tokens by which scripts use the API. */
export function Tokens() {
  const t = useMessages();
  const tokens = useTokens();
  const [made, setMade] = useState<NewApiToken | undefined>(undefined);
  return (
    <section class="section" aria-labelledby="tokens">
      <h2 id="tokens">{t.tokens.title}</h2>
      <p class="muted">
        {t.tokens.text} <Link href={routes.apiDocs}>{t.tokens.docs}</Link>
      </p>
      <Loading query={tokens}>
        {(list) =>
          list.length === 0 ? (
            <p class="muted">{t.tokens.none}</p>
          ) : (
            <ul class="list">
              {list.map((token) => (
                <li key={token.id}>
                  <TokenRow token={token} />
                </li>
              ))}
            </ul>
          )
        }
      </Loading>
      <MakeToken onMade={setMade} />
      {made !== undefined && <MadeDialog made={made} onClose={() => setMade(undefined)} />}
    </section>
  );
}

function TokenRow({ token }: { token: ApiToken }) {
  const t = useMessages();
  const format = useFormat();
  const now = useNow(30_000);
  const [revoking, setRevoking] = useState(false);
  return (
    <article class="line">
      <div>
        <h3>
          <bdi>{token.name}</bdi> <span class="tag">{t.tokens.scopes[token.scope]}</span>
        </h3>
        <p class="muted">
          {t.tokens.made(format.ago(now - token.created_at))} ·{" "}
          {token.last_used == null ? t.tokens.unused : t.tokens.used(format.ago(now - token.last_used))}
        </p>
      </div>
      <Button kind="danger" aria-label={t.tokens.revokeName(token.name)} onClick={() => setRevoking(true)}>
        {t.tokens.revoke}
      </Button>
      {revoking && <RevokeDialog token={token} onClose={() => setRevoking(false)} />}
    </article>
  );
}

function RevokeDialog({ token, onClose }: { token: ApiToken; onClose: () => void }) {
  const t = useMessages();
  const revoke = async () => {
    try {
      await host.revokeToken(token.id);
      announce(t.tokens.revoked(token.name));
      onClose();
    } finally {
      await queryClient.invalidateQueries({ queryKey: keys.tokens });
    }
  };
  return (
    <ConfirmDialog title={t.tokens.revokeTitle(token.name)} verb={t.tokens.revoke} perform={revoke} onClose={onClose}>
      <p>{t.tokens.revokeText}</p>
    </ConfirmDialog>
  );
}

function MakeToken({ onMade }: { onMade: (token: NewApiToken) => void }) {
  const t = useMessages();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<TokenScope>("read");
  const make = useAction(async () => {
    onMade(await host.makeToken({ name: name.trim(), scope }));
    setName("");
    await queryClient.invalidateQueries({ queryKey: keys.tokens });
  });
  return (
    <form
      class="panel stack"
      onSubmit={(event) => {
        event.preventDefault();
        void make.run();
      }}
    >
      <div class="row row--wide">
        <Field
          label={t.tokens.name}
          value={name}
          onValue={setName}
          placeholder={t.tokens.placeholder}
          autocomplete="off"
          maxLength={64}
          required
        />
        <Choice
          label={t.tokens.scope}
          value={scope}
          options={SCOPES.map((key) => [key, t.tokens.scopes[key]] as const)}
          onValue={setScope}
          hint={t.tokens.scopeHints[scope]}
        />
      </div>
      <Problem error={make.error} />
      <div class="actions">
        <Button type="submit" busy={make.busy} disabled={name.trim() === ""}>
          {t.tokens.make}
        </Button>
      </div>
    </form>
  );
}

function MadeDialog({ made, onClose }: { made: NewApiToken; onClose: () => void }) {
  const t = useMessages();
  return (
    <Dialog title={t.tokens.madeTitle} onClose={onClose}>
      <div class="stack">
        <p>{t.tokens.madeText}</p>
        <code class="command" translate={false}>
          {made.token}
        </code>
        <div class="actions">
          <CopyButton text={made.token} />
          <Button kind="primary" onClick={onClose}>
            {t.app.close}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
