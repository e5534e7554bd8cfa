import type { ComponentChildren, ComponentType } from "preact";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useErrorBoundary, useRef } from "preact/hooks";
import { connection } from "./api/connection";
import { usePending, useStatus } from "./api/queries";
import { useMessages } from "./i18n";
import { announce } from "./lib/announce";
import { Link, usePath } from "./lib/router";
import { useStore } from "./lib/store";
import { useTitle } from "./lib/title";
import { Devices } from "./pages/devices";
import { Home } from "./pages/home";
import { type RouteName, routeOf, routes } from "./routes";
import { Button } from "./ui/button";
import { ConnectionBanner } from "./ui/connection";
import { AccountIcon, DevicesIcon, HealthIcon, HomeIcon, Mark, PolicyIcon, RecentIcon } from "./ui/icons";

const pages: Record<RouteName, ComponentType> = {
  home: Home,
  devices: Devices,
  health: lazy(() => import("./pages/health")),
  policy: lazy(() => import("./pages/policy")),
  recent: lazy(() => import("./pages/recent")),
  account: lazy(() => import("./pages/account")),
  apiDocs: lazy(() => import("./pages/api-docs")),
};

const menu = [
  ["home", HomeIcon],
  ["devices", DevicesIcon],
  ["health", HealthIcon],
  ["policy", PolicyIcon],
  ["recent", RecentIcon],
  ["account", AccountIcon],
] as const satisfies readonly (readonly [RouteName, ComponentType])[];

/** What surrounds every page: the name of the box, the way to the other pages, and whether the box answers. */
export function Shell({ box }: { box: string }) {
  const t = useMessages();
  const path = usePath();
  const route = routeOf(path);
  const waiting = useWaiting();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useTitle(t.app.title(route === undefined ? t.app.notFoundTitle : t.nav[route], box), waiting);

  // A new page is read from its start; the first one is where the browser has put the reader.
  useEffect(() => {
    if (first.current) {
      first.current = false;
    } else {
      main.current?.focus({ preventScroll: true });
    }
  }, [path]);

  const Page = route === undefined ? NotFound : pages[route];
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {t.app.skip}
      </a>
      <div class="shell__side">
        <header class="shell__head">
          <Link href={routes.home} class="brand">
            <Mark />
            <bdi class="brand__name">{box}</bdi>
          </Link>
          <Liveness />
        </header>
        <nav class="nav" aria-label={t.app.menu}>
          <ul>
            {menu.map(([name, Icon]) => (
              <li key={name}>
                <Link href={routes[name]} class="nav__link" aria-current={name === route ? "page" : undefined}>
                  <Icon />
                  <span class="nav__text">{t.nav[name]}</span>
                  {name === "devices" && waiting > 0 && (
                    <span class="badge">
                      <span aria-hidden="true">{waiting}</span>
                      <span class="unseen">{t.nav.waiting(waiting)}</span>
                    </span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </div>
      <main id="main" class="shell__main" ref={main} tabIndex={-1}>
        <ConnectionBanner />
        <Attempt key={path}>
          <Suspense fallback={<p class="muted">{t.app.loading}</p>}>
            <Page />
          </Suspense>
        </Attempt>
      </main>
    </div>
  );
}

/** How many devices wait. New ones are announced, on whatever page the owner is. */
function useWaiting(): number {
  const t = useMessages();
  const { data: pending } = usePending();
  const known = useRef<Set<number> | undefined>(undefined);
  useEffect(() => {
    if (pending === undefined) {
      return;
    }
    for (const knock of known.current === undefined ? [] : pending) {
      if (!known.current?.has(knock.id)) {
        announce(t.devices.knocked(knock.name));
      }
    }
    known.current = new Set(pending.map((knock) => knock.id));
  }, [pending]);
  return pending?.length ?? 0;
}

/** Whether changes show up by themselves. */
function Liveness() {
  const t = useMessages();
  const state = useStore(connection);
  // Keeps an eye on the box from every page, so that a lost connection is noticed where nothing else is asked for.
  useStatus();
  return state === "live" ? (
    <span class="liveness liveness--live">{t.app.live}</span>
  ) : state === "polling" ? (
    <span class="liveness" title={t.app.polling}>
      <span class="unseen">{t.app.polling}</span>
    </span>
  ) : null;
}

/** Says so when a page cannot be shown: most likely the box was updated and no longer has the part that was asked for. */
function Attempt({ children }: { children: ComponentChildren }) {
  const t = useMessages();
  const [error] = useErrorBoundary();
  if (error === undefined) {
    return <>{children}</>;
  }
  return (
    <div class="stack" role="alert">
      <p>{t.app.loadFailed}</p>
      <div class="actions">
        <Button onClick={() => location.reload()}>{t.app.retry}</Button>
      </div>
    </div>
  );
}

function NotFound() {
  const t = useMessages();
  return (
    <>
      <h1>{t.app.notFoundTitle}</h1>
      <p>{t.app.notFound}</p>
      <p>
        <Link href={routes.home}>{t.app.toHome}</Link>
      </p>
    </>
  );
}
