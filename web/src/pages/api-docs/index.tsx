import { useQuery } from "@tanstack/react-query";
import { host } from "../../api/host";
import { useMessages } from "../../i18n";
import { type Operation, operations } from "../../lib/openapi";
import { Loading } from "../../ui/loading";
import { OperationDetails } from "./operation";
import "./api-docs.css";

/** What a script can ask of the box: the host's own OpenAPI document, readable. */
export default function ApiDocs() {
  const t = useMessages();
  const document = useQuery({ queryKey: ["openapi"], queryFn: host.openapi, staleTime: Infinity });
  return (
    <>
      <h1>{t.apiDocs.title}</h1>
      <p class="muted lead">
        {t.apiDocs.intro} <code>Authorization: Bearer pf_…</code>{" "}
        <a href="/api/v1/openapi.json">{t.apiDocs.document}</a>
      </p>
      <Loading query={document}>
        {(data) => (
          <>
            {[...operations(data)].map(([tag, list]) => (
              <Group key={tag} tag={tag} list={list} />
            ))}
          </>
        )}
      </Loading>
    </>
  );
}

function Group({ tag, list }: { tag: string; list: readonly Operation[] }) {
  return (
    <section class="section" aria-labelledby={`tag-${tag}`}>
      <h2 id={`tag-${tag}`} class="tag-name" lang="en">
        {tag}
      </h2>
      <ul class="list">
        {list.map((operation) => (
          <li key={`${operation.method} ${operation.path}`}>
            <OperationDetails operation={operation} />
          </li>
        ))}
      </ul>
    </section>
  );
}
