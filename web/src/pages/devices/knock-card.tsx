import { useId, useState } from "preact/hooks";
import { host } from "../../api/host";
import { keys, queryClient } from "../../api/queries";
import { Refusal } from "../../api/refusal";
import type { Level, Pending } from "../../api/types";
import { useFormat, useMessages } from "../../i18n";
import { useAction } from "../../lib/action";
import { announce } from "../../lib/announce";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Hex, Identity, Swatch, Words } from "../../ui/fingerprint";
import { AlertIcon } from "../../ui/icons";
import { Problem } from "../../ui/problem";
import { WordCheck } from "./word-check";
import { type Expiry, GrantFields, secondsOf } from "./grant";

/** Refusals after which the card is no longer there to tell them. */
const GONE: ReadonlySet<string> = new Set(["knock_gone", "other_device", "wrong_pin", "pin_unanswered"]);

type Answer = "approve" | "deny" | "ignore";

interface KnockCardProps {
  knock: Pending;
  /** It was answered, and its card goes away. */
  onAnswered: () => void;
  /** It could not be answered, since it is not there any more. */
  onGone: (knock: Pending, why: Refusal) => void;
}

/** A device that waits, with everything that tells it from another, and the owner's answers. */
export function KnockCard({ knock, onAnswered, onGone }: KnockCardProps) {
  const t = useMessages();
  const id = useId();
  const [name, setName] = useState(knock.name);
  const showsPin = knock.via === "pin";
  const [pin, setPin] = useState("");
  const [level, setLevel] = useState<Level>("full");
  const [expiry, setExpiry] = useState<Expiry>("forever");
  // An approval is for what the owner has looked at, not for what came in a moment before the press.
  const [seen, setSeen] = useState(knock.revision);
  const changed = seen !== knock.revision;
  const lookAgain = () => {
    setSeen(knock.revision);
    setName(knock.name);
  };
  const [comparing, setComparing] = useState(false);
  const [compared, setCompared] = useState(false);

  const answers: Record<Answer, () => Promise<void>> = {
    approve: async () => {
      if (showsPin) {
        const paired = await host.enterPin(knock.id, { fingerprint: knock.fingerprint, revision: seen, pin });
        announce(t.knock.approved(paired.name));
        return;
      }
      const client = await host.approve(knock.id, {
        fingerprint: knock.fingerprint,
        revision: seen,
        name: name.trim() === "" ? undefined : name.trim(),
        level,
        expires_in_secs: secondsOf(expiry),
      });
      announce(t.knock.approved(client.name));
    },
    deny: async () => {
      await host.deny(knock.id, false);
      announce(t.knock.denied(knock.name));
    },
    ignore: async () => {
      await host.deny(knock.id, true);
      announce(t.knock.ignored(knock.name));
    },
  };
  const [given, setGiven] = useState<Answer | undefined>(undefined);
  const answering = useAction(async (answer: Answer) => {
    setGiven(answer);
    try {
      await answers[answer]();
      onAnswered();
    } catch (error) {
      if (error instanceof Refusal && GONE.has(error.code)) {
        onGone(knock, error);
      }
      throw error;
    } finally {
      await Promise.all(
        [keys.pending, keys.clients, keys.ignored].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
      );
    }
  });
  // One answer at a time: what is under way for one of them holds the others back.
  const busy = (answer: Answer) => answering.busy && given === answer;
  const held = (answer: Answer) => answering.busy && given !== answer;

  const suspicious = knock.looks_like != null;
  return (
    <article class={suspicious ? "card card--warning" : "card"} aria-labelledby={id}>
      <div class="card__head">
        <Swatch colour={knock.colour} />
        <div class="card__title">
          <h3 id={id}>
            <bdi>{knock.name}</bdi>
          </h3>
          <Words words={knock.words} />
        </div>
      </div>
      {knock.looks_like != null && (
        <div class="banner banner--warning">
          <AlertIcon />
          <div class="told">
            <p>
              <strong>{t.knock.lookAlike(knock.looks_like.name)}</strong> {t.knock.lookAlikeText}
            </p>
            <p>{t.knock.original}</p>
            <Identity name={knock.looks_like.name} of={knock.looks_like} />
          </div>
        </div>
      )}
      <KnockFacts knock={knock} />
      <Hex fingerprint={knock.fingerprint} />
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!changed && (!suspicious || compared)) {
            void answering.run("approve");
          }
        }}
      >
        <div class="row">
          {showsPin ? (
            <Field
              label={t.knock.pin}
              hint={`${t.knock.pinHint} ${t.knock.pinFrom}`}
              value={pin}
              onValue={setPin}
              autocomplete="off"
              maxLength={4}
              required
            />
          ) : (
            <>
              <Field label={t.device.name} value={name} onValue={setName} autocomplete="off" maxLength={64} />
              <GrantFields level={level} onLevel={setLevel} expiry={expiry} onExpiry={setExpiry} />
            </>
          )}
        </div>
        {suspicious && comparing && <WordCheck words={knock.words} onDone={setCompared} />}
        {changed && (
          <div class="banner banner--warning" role="status">
            <AlertIcon />
            <span>{t.knock.changed}</span>
            <Button onClick={lookAgain}>{t.knock.lookedAgain}</Button>
          </div>
        )}
        <Problem error={answering.error} />
        <div class="actions">
          {suspicious && !comparing ? (
            <Button onClick={() => setComparing(true)}>{t.knock.compare}</Button>
          ) : (
            <Button
              kind="primary"
              type="submit"
              busy={busy("approve")}
              disabled={held("approve") || changed || (suspicious && !compared)}
              aria-label={showsPin ? t.knock.pairName(knock.name) : t.knock.approveName(knock.name)}
            >
              {showsPin ? t.knock.pair : t.knock.approve}
            </Button>
          )}
          <Button
            busy={busy("deny")}
            disabled={held("deny")}
            onClick={() => void answering.run("deny")}
            aria-label={t.knock.denyName(knock.name)}
          >
            {t.knock.deny}
          </Button>
          <Button
            kind="quiet"
            busy={busy("ignore")}
            disabled={held("ignore")}
            onClick={() => void answering.run("ignore")}
            aria-label={t.knock.ignoreName(knock.name)}
          >
            {t.knock.ignore}
          </Button>
        </div>
      </form>
    </article>
  );
}

function KnockFacts({ knock }: { knock: Pending }) {
  const t = useMessages();
  const format = useFormat();
  // Spans by the box's own clock: the browser's may tell another time.
  const sinceFirst = knock.age_secs + (knock.last_seen - knock.first_seen);
  return (
    <>
      {knock.match_code != null && (
        <div class="told">
          <p>
            <strong>{t.knock.code}</strong> {t.knock.codeText}
          </p>
          <Words words={knock.match_code} label={t.knock.code} />
        </div>
      )}
      <dl class="facts">
        <div>
          <dt>{t.knock.source}</dt>
          <dd>
            <bdi>{knock.source}</bdi>
          </dd>
        </div>
        <div>
          <dt>{t.knock.first}</dt>
          <dd>{format.ago(sinceFirst)}</dd>
        </div>
        <div>
          <dt>{t.knock.last}</dt>
          <dd>{format.ago(knock.age_secs)}</dd>
        </div>
        <div>
          <dt>{t.knock.count}</dt>
          <dd>{format.number(knock.knocks)}</dd>
        </div>
      </dl>
      {((knock.connected && knock.via === "approve") || knock.returning) && (
        <p class="tags">
          {knock.connected && knock.via === "approve" && <span class="tag tag--good">{t.knock.connected}</span>}
          {knock.returning && <span class="tag">{t.knock.returning}</span>}
        </p>
      )}
    </>
  );
}
