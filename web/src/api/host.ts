import createClient from "openapi-fetch";
import type { Document } from "../lib/openapi";
import { call } from "./call";
import type { paths } from "./schema";
import type { AmendBody, ApproveBody, ClaimBody, EnterPinBody, NewPasswordBody, RestoreBody, TokenBody } from "./types";

const client = createClient<paths>();

/** Everything that the console asks of the host. Each call throws as {@link call} says. */
export const host = {
  session: () => call(() => client.GET("/api/v1/session")),
  claim: (body: ClaimBody) => call(() => client.POST("/api/v1/claim", { body })),
  signIn: (password: string) => call(() => client.POST("/api/v1/sign-in", { body: { password } })),
  signOut: () => call(() => client.POST("/api/v1/sign-out")),
  prove: (password: string) => call(() => client.POST("/api/v1/proof", { body: { password } })),
  changePassword: (body: NewPasswordBody) => call(() => client.PUT("/api/v1/password", { body })),

  browsers: () => call(() => client.GET("/api/v1/browsers")),
  endBrowser: (id: string) => call(() => client.DELETE("/api/v1/browsers/{id}", { params: { path: { id } } })),
  tokens: () => call(() => client.GET("/api/v1/tokens")),
  makeToken: (body: TokenBody) => call(() => client.POST("/api/v1/tokens", { body })),
  revokeToken: (id: string) => call(() => client.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } })),
  backup: (passphrase: string) =>
    call(() =>
      client.POST("/api/v1/backup", { body: { passphrase }, parseAs: "blob" }),
    ) as Promise<unknown> as Promise<Blob>,
  restore: (body: RestoreBody) => call(() => client.POST("/api/v1/restore", { body })),

  status: () => call(() => client.GET("/api/v1/status")),
  preview: () => call(() => client.GET("/api/v1/preview", { parseAs: "blob" })) as Promise<Blob>,
  endStream: (id: number) => call(() => client.DELETE("/api/v1/streams/{id}", { params: { path: { id } } })),
  acceptClock: () => call(() => client.POST("/api/v1/clock/accept")),
  doctor: () => call(() => client.GET("/api/v1/doctor")),
  policy: () => call(() => client.GET("/api/v1/policy")),
  reloadPolicy: () => call(() => client.POST("/api/v1/policy/reload")),
  record: (limit: number) => call(() => client.GET("/api/v1/record", { params: { query: { limit } } })),
  /** The document that describes all of this. */
  openapi: () => call(() => client.GET("/api/v1/openapi.json")) as Promise<unknown> as Promise<Document>,

  pending: () => call(() => client.GET("/api/v1/native/pending")),
  approve: (id: number, body: ApproveBody) =>
    call(() => client.POST("/api/v1/native/pending/{id}/approve", { params: { path: { id } }, body })),
  /** The answer comes once the device has proven that it knows the PIN. */
  enterPin: (id: number, body: EnterPinBody) =>
    call(() => client.POST("/api/v1/native/pending/{id}/pin", { params: { path: { id } }, body })),
  deny: (id: number, ignore: boolean) =>
    call(() => client.POST("/api/v1/native/pending/{id}/deny", { params: { path: { id } }, body: { ignore } })),
  pin: () => call(() => client.GET("/api/v1/native/pair")),
  /** Without a fingerprint any device may use the PIN. */
  armPin: (fingerprint?: string) => call(() => client.POST("/api/v1/native/pair/arm", { body: { fingerprint } })),
  disarmPin: () => call(() => client.DELETE("/api/v1/native/pair")),
  clients: () => call(() => client.GET("/api/v1/native/clients")),
  changeClient: (fingerprint: string, body: AmendBody) =>
    call(() => client.PATCH("/api/v1/native/clients/{fingerprint}", { params: { path: { fingerprint } }, body })),
  revokeClient: (fingerprint: string) =>
    call(() => client.DELETE("/api/v1/native/clients/{fingerprint}", { params: { path: { fingerprint } } })),
  ignored: () => call(() => client.GET("/api/v1/native/ignored")),
  forgive: (fingerprint: string) =>
    call(() => client.DELETE("/api/v1/native/ignored/{fingerprint}", { params: { path: { fingerprint } } })),
};
