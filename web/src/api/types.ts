// Contract types; to be replaced by the generated ones.
export interface Session { claimed: boolean; signed_in: boolean; box_name: string; session_id?: string | null; proven_for_secs?: number | null; reauth_secs?: number | null }
export interface Browser { id: string; current: boolean; label: string; source: string; created_at: number; last_seen: number }
export type Scope = "read" | "devices" | "all";
export interface Token { id: string; name: string; scope: Scope; created_at: number; last_used?: number | null }
export interface NewToken { id: string; name: string; scope: Scope; token: string }
export type Level = "watch" | "play" | "full" | "owner";
export interface Attention { code: string; severity: "alarm" | "warning" | "notice"; params: Record<string, string>; sentence: string; next: string }
export interface Fault { code: string; params: Record<string, string>; sentence: string; next: string }
export interface Latency { capture: number; encode: number; send: number }
export interface MediaSession { id: number; width: number; height: number; refresh_hz: number; codec: string; video_kbps: number; source: string; encoder: string; frames: number; viewers: number; fault?: Fault | null; fps: number; latency_us?: Latency | null; latency_p99_us?: Latency | null }
export interface Stream { id: number; session: number; name: string; fingerprint: string; words: string[]; colour: string; level: Level; source: string; mode: { width: number; height: number; refresh_hz: number }; codec: string; kbps: number; fps: number; loss_ppm: number; rtt_us?: number | null; started_at: number; door: string; fec_percent: number }
export interface Status { name: string; version: string; fingerprint: string; uptime_secs: number; native_port: number; pairing_required: boolean; paired: number; pending: number; attention: Attention[]; sessions: MediaSession[]; streams: Stream[] }
export interface LooksLike { fingerprint: string; name: string }
export interface Pending { id: number; revision: number; name: string; fingerprint: string; words: string[]; colour: string; source: string; age_secs: number; first_seen: number; last_seen: number; knocks: number; connected: boolean; looks_like?: LooksLike | null; returning: boolean }
export interface Client { fingerprint: string; words: string[]; colour: string; name: string; level: Level; paired_by: "approval" | "pin" | "declared"; declared: boolean; paired_at: number; last_seen?: number | null; expires_at?: number | null; streaming: number }
export interface Ignored { fingerprint: string; words: string[]; colour: string; name: string; since: number }
export interface LastPin { outcome: "paired" | "wrong" | "expired" | "disarmed" | "abandoned"; at: number; name?: string | null; fingerprint?: string | null }
export interface PinStatus { enabled: boolean; armed: boolean; pin?: string | null; fingerprint?: string | null; expires_in_secs?: number | null; usable_in_secs?: number | null; failures: number; alert: boolean; paired_clients: number; last?: LastPin | null }
export interface Probe { code: string; subject: string; good: boolean; found: string; next?: string | null; params: Record<string, string> }
export interface PolicyRow { path: string; value: string; origin: "default" | "file" | "flag"; description: string; default: string }
export interface Policy { file?: string | null; yaml: string; rows: PolicyRow[]; problem?: { text: string; at?: number | null } | null }
export interface Recorded { number: number; at: number; what: string; fingerprint?: string | null; name?: string | null; by?: string | null; source?: string | null }
