//! What the host is doing.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Anyone, Read, Scope};
use super::refusals::Guarded;
use crate::app::{self, InputStatus, StreamView};
use crate::session::SessionView;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(status))
}

/// Whether the host is up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// `ok` while it answers.
    #[schema(example = "ok")]
    pub status: String,
}

/// The host at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// What the box calls itself.
    #[schema(example = "Living Room")]
    pub name: String,
    /// SHA-256 of its certificate, 64 hex digits.
    pub fingerprint: String,
    /// Version of the host.
    pub version: String,
    /// Seconds since it started.
    pub uptime_secs: u64,
    /// UDP port of the native door.
    #[schema(example = 9777)]
    pub native_port: u16,
    /// Whether unknown devices need to be let in; false in open mode.
    pub pairing_required: bool,
    /// Devices that wait for an answer.
    pub pending: usize,
    /// Devices that are let in.
    pub paired: usize,
    /// What is being encoded.
    pub sessions: Vec<Session>,
    /// Who watches.
    pub streams: Vec<Stream>,
    /// What wants the owner's eye, in sentences; empty when all is well.
    pub attention: Vec<String>,
}

/// One source through one encoder; several streams may share it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Its number, unique while the host runs.
    pub id: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Pictures a second.
    pub refresh_hz: u32,
    /// The codec's name.
    #[schema(example = "H.264")]
    pub codec: String,
    /// Bit rate of the video, kbit/s.
    pub video_kbps: u32,
    /// What is shown.
    pub source: String,
    /// Why a still picture is shown in its place.
    pub fault: Option<String>,
    /// The encoder at work.
    pub encoder: String,
    /// Pictures encoded so far.
    pub frames: u64,
    /// Streams that share it.
    pub viewers: usize,
}

/// A running stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stream {
    /// Its number, unique while the host runs.
    pub id: u64,
    /// The device's name.
    pub name: String,
    /// The device's fingerprint.
    pub fingerprint: String,
    /// Where it streams to.
    pub source: String,
    /// The session it watches.
    pub session: u64,
    /// Frames sent.
    pub frames: u64,
    /// Datagrams handed to the kernel.
    pub datagrams: u64,
    /// Datagrams that the kernel had no room for.
    pub dropped: u64,
    /// Frames skipped because the link or the client was behind.
    pub skipped: u64,
    /// Parity per cent in force.
    pub fec_percent: u8,
    /// Loss that the client reported last, parts per million.
    pub loss_ppm: u32,
}

/// Whether the host is up. Needs no rights and says nothing else.
#[utoipa::path(get, path = "/health", operation_id = "health", tag = "host",
    responses((status = 200, description = "it is up", body = Health)), security(()))]
async fn health(_: Anyone) -> Json<Health> {
    Json(Health { status: "ok".to_owned() })
}

/// What the host is doing.
#[utoipa::path(get, path = "/status", operation_id = "status", tag = "host", responses(
    (status = 200, description = "the host at this moment", body = Status), Guarded))]
async fn status(_: Scope<Read>, State(api): State<Api>) -> Json<Status> {
    Json(Status::from(api.host.status()))
}

impl From<app::Status> for Status {
    fn from(status: app::Status) -> Self {
        let attention = attention(&status);
        Self {
            name: status.name,
            fingerprint: status.fingerprint.to_string(),
            version: status.version.to_owned(),
            uptime_secs: status.uptime_secs,
            native_port: status.native_port,
            pairing_required: status.pairing_required,
            pending: status.pending,
            paired: status.devices,
            sessions: status.sessions.into_iter().map(Session::from).collect(),
            streams: status.streams.into_iter().map(Stream::from).collect(),
            attention,
        }
    }
}

/// What is said while everybody is let in.
pub(crate) const OPEN_MODE: &str =
    "every device on the network may stream: set pairing.require in the policy to change that";

fn attention(status: &app::Status) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(trouble) = &status.store_trouble {
        sentences.push(format!("the list of devices is not saved: {trouble}"));
    }
    if !status.pairing_required {
        sentences.push(OPEN_MODE.into());
    }
    if !status.clock_known {
        sentences.push("the clock is behind what it was before: guests have to wait until it is set".into());
    }
    sentences.extend(status.pins_stopped.map(str::to_owned));
    if let InputStatus::Unavailable(reason) = &status.input {
        sentences.push(reason.clone());
    }
    sentences.extend(status.sessions.iter().filter_map(|session| session.fault.clone()));
    sentences
}

impl From<SessionView> for Session {
    fn from(view: SessionView) -> Self {
        let SessionView {
            id,
            width,
            height,
            refresh_hz,
            codec,
            video_kbps,
            source,
            fault,
            encoder,
            frames,
            viewers,
        } = view;
        Self { id, width, height, refresh_hz, codec, video_kbps, source, fault, encoder, frames, viewers }
    }
}

impl From<StreamView> for Stream {
    fn from(view: StreamView) -> Self {
        Self {
            id: view.id,
            name: view.name.to_string(),
            fingerprint: view.device.to_string(),
            source: view.source.to_string(),
            session: view.session,
            frames: view.frames,
            datagrams: view.datagrams,
            dropped: view.dropped,
            skipped: view.skipped,
            fec_percent: view.fec_percent,
            loss_ppm: view.loss_ppm,
        }
    }
}
