import type { UseQueryResult } from "@tanstack/react-query";
import type { ComponentChildren } from "preact";
import { Refusal } from "../api/refusal";
import { useMessages } from "../i18n";
import { Button } from "./button";
import { Problem } from "./problem";

/** Shows what was asked for; what was known before stays in sight while it is asked for again. */
export function Loading<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ComponentChildren;
}) {
  const t = useMessages();
  if (query.data !== undefined) {
    return (
      <>
        {/* That nobody answers is told once for all, above the page. */}
        {query.error instanceof Refusal && <Problem error={query.error} />}
        {children(query.data)}
      </>
    );
  }
  if (query.error !== null) {
    return (
      <div class="stack">
        <Problem error={query.error} />
        <div class="actions">
          <Button onClick={() => void query.refetch()}>{t.app.retry}</Button>
        </div>
      </div>
    );
  }
  return (
    <p class="muted" aria-busy="true">
      {t.app.loading}
    </p>
  );
}
