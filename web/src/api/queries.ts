import { QueryClient, useQuery } from "@tanstack/react-query";
import { remember } from "../lib/history";
import { useStore } from "../lib/store";
import { connection } from "./connection";
import { host } from "./host";
import { Refusal } from "./refusal";
import { onSignedOut } from "./signed-out";
import type { SessionState } from "./types";

/** Milliseconds between looks at a list while events fail. */
const POLL = 3_000;
/** Milliseconds between looks at a list while events come: a net under them, no more. */
const NET = 60_000;

/** Milliseconds between tries to reach a host that does not answer. */
const RETRY = 2_000;

/** Names of what is kept of the host, for invalidating it. */
export const keys = {
  session: ["session"],
  status: ["status"],
  pending: ["pending"],
  pin: ["pin"],
  clients: ["clients"],
  ignored: ["ignored"],
  doctor: ["doctor"],
  policy: ["policy"],
  record: ["record"],
  browsers: ["browsers"],
  tokens: ["tokens"],
} as const;

/** How often a query that came too soon is put again before its refusal is shown. */
const PATIENCE = 3;

/** Milliseconds after which the host wants to be asked again, where it has said so. */
function pauseBefore(error: Error): number | undefined {
  return error instanceof Refusal && error.retryAfter !== undefined ? error.retryAfter * 1_000 : undefined;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Whether the box answers is for `connection` to say; every query that is shown polls anyway.
      retry: (failures, error) => failures < PATIENCE && pauseBefore(error) !== undefined,
      retryDelay: (_, error) => pauseBefore(error) ?? 0,
      networkMode: "always",
      staleTime: 0,
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: "always" },
  },
});

onSignedOut(() => {
  queryClient.setQueryData<SessionState>(keys.session, (known) => known && { ...known, signed_in: false });
  void queryClient.invalidateQueries({ queryKey: keys.session });
});

/** Puts what the host has just said about the session in place of what was known. */
export function sessionIs(session: SessionState): void {
  queryClient.setQueryData<SessionState>(keys.session, session);
}

/** Keeps nothing of what only somebody signed in may see. */
export function forgetBox(): void {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] });
}

/** Looks again at everything that is shown. */
export function refetchAll(): void {
  void queryClient.invalidateQueries();
}

/** Whether the box is claimed and this browser signed in. */
export function useSession() {
  const lost = useStore(connection) === "lost";
  return useQuery({
    queryKey: keys.session,
    queryFn: host.session,
    refetchInterval: ({ state }) => (lost || state.data === undefined ? RETRY : NET),
  });
}

/** How the host is doing, looked at every `every` milliseconds while the page is visible. */
export function useStatus(every = 10_000) {
  return useQuery({ queryKey: keys.status, queryFn: statusNow, refetchInterval: every });
}

async function statusNow() {
  const status = await host.status();
  remember(status, performance.now() / 1_000);
  return status;
}

/** A list that events keep up to date, and polling when they fail. */
function useList<T>(queryKey: readonly string[], queryFn: () => Promise<T>) {
  const live = useStore(connection) === "live";
  return useQuery({ queryKey, queryFn, refetchInterval: live ? NET : POLL });
}

export const usePending = () => useList(keys.pending, host.pending);
export const usePin = () => useList(keys.pin, host.pin);
export const useClients = () => useList(keys.clients, host.clients);
export const useIgnored = () => useList(keys.ignored, host.ignored);
export const usePolicy = () => useList(keys.policy, host.policy);
/** Entries of the record that the host gives at most. */
export const RECORD_MOST = 1_000;

export const useRecord = (limit: number) => useList([...keys.record, String(limit)], () => host.record(limit));
export const useBrowsers = () => useList(keys.browsers, host.browsers);
export const useTokens = () => useList(keys.tokens, host.tokens);
export const useDoctor = () => useQuery({ queryKey: keys.doctor, queryFn: host.doctor, refetchInterval: 30_000 });
