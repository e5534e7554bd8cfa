import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useMessages } from "../../i18n";
import { Prose } from "../../ui/prose";
import { curl, type Field, type Operation } from "../../lib/openapi";

/** One call: what it is for, what goes in, what comes out, and how it is refused. */
export function OperationDetails({ operation }: { operation: Operation }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="operation__head">
        <span class={`method method--${operation.method.toLowerCase()}`}>{operation.method}</span>
        <code class="operation__path">{operation.path}</code>
        <span class="muted operation__summary" lang="en">
          <Prose text={operation.summary} />
        </span>
      </summary>
      {/* The host describes its API in English. */}
      {open && <Details operation={operation} />}
    </details>
  );
}

function Details({ operation }: { operation: Operation }) {
  const t = useMessages();
  return (
    <div class="operation__body stack">
      {operation.description !== "" && (
        <p class="found" lang="en">
          <Prose text={operation.description} />
        </p>
      )}
      {operation.parameters.length > 0 && (
        <Part title={t.apiDocs.parameters}>
          <Fields fields={operation.parameters} caption={t.apiDocs.parameters} />
        </Part>
      )}
      {operation.body.length > 0 && (
        <Part title={t.apiDocs.body}>
          <Fields fields={operation.body} caption={t.apiDocs.body} />
          <Example text={operation.bodyExample} />
        </Part>
      )}
      <Part title={t.apiDocs.answers}>
        {operation.answers.map((answer) => (
          <div key={answer.status} class="stack">
            <p lang="en">
              <strong>{answer.status}</strong> {answer.type !== "" && <code>{answer.type}</code>} {answer.description}
            </p>
            {answer.fields.length > 0 && <Fields fields={answer.fields} caption={t.apiDocs.fields} />}
            <Example text={answer.example} />
          </div>
        ))}
      </Part>
      {operation.refusals.length > 0 && (
        <Part title={t.apiDocs.refusals}>
          <dl class="refused" lang="en">
            {operation.refusals.map((refused) => (
              <div key={refused.status + refused.code}>
                <dt>
                  {refused.status} <code>{refused.code}</code>
                </dt>
                <dd class="muted">
                  <Prose text={refused.when} />
                </dd>
              </div>
            ))}
          </dl>
        </Part>
      )}
      <Part title={t.apiDocs.try}>
        <pre class="command" tabIndex={0}>
          {curl(operation, location.origin)}
        </pre>
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="operation__part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Fields({ fields, caption }: { fields: readonly Field[]; caption: string }) {
  const t = useMessages();
  return (
    <dl class="fields" aria-label={caption}>
      {fields.map((field) => (
        <div key={field.name}>
          <dt>
            <code>{field.name}</code> <span class="muted">{field.type}</span>{" "}
            <span class="tag">{field.required ? t.apiDocs.required : t.apiDocs.optional}</span>
          </dt>
          <dd lang="en">
            <Prose text={field.description} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Example({ text }: { text: string | undefined }) {
  const t = useMessages();
  return text === undefined ? null : (
    <details class="help">
      <summary>{t.apiDocs.example}</summary>
      <pre class="command" tabIndex={0}>
        {text}
      </pre>
    </details>
  );
}
