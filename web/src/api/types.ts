import type { components } from "./schema";

type Schemas = components["schemas"];

// The names of the OpenAPI document, where they say enough.
export type AmendBody = Schemas["AmendBody"];
export type ApproveBody = Schemas["ApproveBody"];
export type Attention = Schemas["Attention"];
export type Check = Schemas["Check"];
export type ClaimBody = Schemas["ClaimBody"];
export type Client = Schemas["Client"];
export type EnterPinBody = Schemas["EnterPinBody"];
export type HostEvent = Schemas["Event"];
export type Ignored = Schemas["Ignored"];
export type Latency = Schemas["Latency"];
export type Level = Schemas["Level"];
export type NewPasswordBody = Schemas["NewPasswordBody"];
export type Pending = Schemas["Pending"];
export type PinStatus = Schemas["PinStatus"];
export type PolicyRow = Schemas["PolicyRow"];
export type PolicyView = Schemas["PolicyView"];
export type Problem = Schemas["Problem"];
export type Recorded = Schemas["Recorded"];
export type RestoreBody = Schemas["RestoreBody"];
export type RestoreState = Schemas["RestoreState"];
export type Session = Schemas["Session"];
export type SessionState = Schemas["SessionState"];
export type SignedInBrowser = Schemas["SignedInBrowser"];
export type Status = Schemas["Status"];
export type Stream = Schemas["Stream"];
export type TokenBody = Schemas["TokenBody"];
export type TokenScope = Schemas["TokenScope"];
export type ApiToken = Schemas["ApiToken"];
export type NewApiToken = Schemas["NewApiToken"];
