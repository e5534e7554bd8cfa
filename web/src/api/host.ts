import { call } from "./call";
import type * as T from "./types";

const root = "/api/v1";

async function send<R>(method: string, path: string, body?: unknown): Promise<R> {
  return call<R>(async () => {
    const response = await fetch(root + path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    let parsed: unknown;
    try {
      parsed = text === "" ? undefined : JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    return response.ok ? { data: parsed as R, response } : { error: parsed, response };
  });
}

/** Everything that the console asks of the host. Each call throws as {@link call} says. */
export const host = {
  session: () => send<T.Session>("GET", "/session"),
  claim: (body: { code: string; password: string }) => send<T.Session>("POST", "/claim", body),
  signIn: (password: string) => send<T.Session>("POST", "/sign-in", { password }),
  signOut: () => send<void>("POST", "/sign-out"),
  prove: (password: string) => send<T.Session>("POST", "/proof", { password }),
  changePassword: (body: { current: string; new: string }) => send<T.Session>("PUT", "/password", body),

  browsers: () => send<T.Browser[]>("GET", "/browsers"),
  endBrowser: (id: string) => send<void>("DELETE", `/browsers/${id}`),
  tokens: () => send<T.Token[]>("GET", "/tokens"),
  makeToken: (body: { name: string; scope: T.Scope }) => send<T.NewToken>("POST", "/tokens", body),
  revokeToken: (id: string) => send<void>("DELETE", `/tokens/${id}`),

  status: () => send<T.Status>("GET", "/status"),
  preview: () =>
    call<Blob>(async () => {
      const response = await fetch(`${root}/preview`);
      return response.ok ? { data: await response.blob(), response } : { error: await response.json(), response };
    }),
  endStream: (id: number) => send<void>("DELETE", `/streams/${id}`),
  acceptClock: () => send<void>("POST", "/clock/accept"),
  doctor: () => send<T.Probe[]>("GET", "/doctor"),
  policy: () => send<T.Policy>("GET", "/policy"),
  reloadPolicy: () => send<T.Policy>("POST", "/policy/reload"),
  record: (limit: number) => send<T.Recorded[]>("GET", `/record?limit=${limit}`),

  pending: () => send<T.Pending[]>("GET", "/native/pending"),
  approve: (id: number, body: { fingerprint: string; revision: number; name?: string; level?: T.Level; expires_in_secs?: number }) =>
    send<T.Client>("POST", `/native/pending/${id}/approve`, body),
  deny: (id: number, ignore: boolean) => send<void>("POST", `/native/pending/${id}/deny`, { ignore }),
  pin: () => send<T.PinStatus>("GET", "/native/pair"),
  armPin: (fingerprint: string | undefined) => send<T.PinStatus>("POST", "/native/pair/arm", { fingerprint }),
  disarmPin: () => send<void>("DELETE", "/native/pair"),
  clients: () => send<T.Client[]>("GET", "/native/clients"),
  changeClient: (fingerprint: string, body: { name?: string; level?: T.Level; expires_in_secs?: number; forever?: boolean }) =>
    send<T.Client>("PATCH", `/native/clients/${fingerprint}`, body),
  revokeClient: (fingerprint: string) => send<void>("DELETE", `/native/clients/${fingerprint}`),
  ignored: () => send<T.Ignored[]>("GET", "/native/ignored"),
  forgive: (fingerprint: string) => send<void>("DELETE", `/native/ignored/${fingerprint}`),
};
