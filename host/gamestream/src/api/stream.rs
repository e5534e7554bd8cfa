//! Starting, resuming and ending what is streamed (GameStream §2.7, §2.8).

use std::net::IpAddr;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use tokio::time::timeout;

use super::caller::{Caller, Paired};
use super::{Api, Running, Stream, apps};
use crate::crypto::SessionKey;
use crate::query::Query;
use crate::session::{Party, Session};
use crate::xml::Root;

/// How long an old stream may take to end; its client is told within a second.
const END_WITHIN: Duration = Duration::from_secs(3);

impl Stream {
    pub(super) async fn end(self) {
        self.link.end();
        // one that hangs is not waited for
        let _ = timeout(END_WITHIN, self.task).await;
    }
}

/// `/launch`. A device whose old stream lingers has crashed and comes again.
pub(super) async fn launch(
    State(api): State<Api>,
    caller: Caller,
    device: Paired,
    RawQuery(query): RawQuery,
) -> Root {
    let query = Query::parse(query.as_deref());
    let refused = |status, reason: &str| Root::refusal(status, reason).child("gamesession", 0);
    if query.number("appid") != Some(apps::DESKTOP) {
        return refused(404, "There is no such app on this host");
    }
    match start(&api, &caller, device, &query, apps::DESKTOP).await {
        Ok(url) => Root::ok().child("sessionUrl0", url).child("gamesession", 1),
        Err((status, reason)) => refused(status, &reason),
    }
}

/// `/resume`: a new stream of what runs already.
pub(super) async fn resume(
    State(api): State<Api>,
    caller: Caller,
    device: Paired,
    RawQuery(query): RawQuery,
) -> Root {
    let query = Query::parse(query.as_deref());
    let refused = |status, reason: &str| Root::refusal(status, reason).child("resume", 0);
    let Some(app) = api.running().get(&device.0).map(|running| running.app) else {
        return refused(503, "Nothing is running that could be resumed");
    };
    match start(&api, &caller, device, &query, app).await {
        Ok(url) => Root::ok().child("sessionUrl0", url).child("resume", 1),
        Err((status, reason)) => refused(status, &reason),
    }
}

/// `/cancel`: when it is answered, nothing runs any more.
pub(super) async fn cancel(State(api): State<Api>, device: Paired) -> Root {
    let running = api.running().remove(&device.0);
    if let Some(stream) = running.and_then(|running| running.stream) {
        stream.end().await;
    }
    Root::ok().child("cancel", 1)
}

async fn start(
    api: &Api,
    caller: &Caller,
    device: Paired,
    query: &Query,
    app: u32,
) -> Result<String, (u16, String)> {
    let bad = |reason: &str| (400, reason.to_owned());
    let key: Option<[u8; 16]> = query.bytes("rikey").and_then(|bytes| bytes.try_into().ok());
    let key = key.ok_or_else(|| bad("The session key is missing"))?;
    let number = query.number::<i32>("rikeyid").ok_or_else(|| bad("The session key's number is missing"))?;
    if query.number::<u32>("corever").unwrap_or(0) < 1 {
        return Err((403, "This app is too old to encrypt its negotiation; update it".to_owned()));
    }
    if !api.is_new(&key) {
        return Err(bad("The session key was used before; start again"));
    }
    let key = SessionKey::new(key);
    let old = api.running().get_mut(&device.0).and_then(|running| running.stream.take());
    if let Some(old) = old {
        old.end().await;
    }
    let party = Party { device: device.0, client: caller.source, local: caller.local };
    let unavailable =
        |error: std::io::Error| (503, format!("The host has no ports left for a stream: {error}"));
    let session = Session::open(party, (key, number as u32), api.house.facts(), api.ports)
        .await
        .map_err(unavailable)?;
    let port = session.rtsp_addr().map_err(unavailable)?.port();
    let link = session.link();
    let task = tokio::spawn(session.run(std::sync::Arc::clone(&api.house)));
    let replaced = api.running().insert(device.0, Running { app, stream: Some(Stream { link, task }) });
    // another launch of the same device came in between
    if let Some(stream) = replaced.and_then(|running| running.stream) {
        stream.link.end();
    }
    Ok(match caller.local {
        IpAddr::V4(local) => format!("rtspenc://{local}:{port}"),
        IpAddr::V6(local) => format!("rtspenc://[{local}]:{port}"),
    })
}
