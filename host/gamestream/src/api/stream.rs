//! Starting, resuming and ending what is streamed (GameStream §2.7, §2.8).

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use tokio::time::timeout;

use super::caller::{Caller, Paired};
use super::{Api, Running, Stream, apps};
use crate::crypto::SessionKey;
use crate::house::{App, Encryption};
use crate::query::Query;
use crate::rtsp::Scheme;
use crate::session::{Party, Secret, Session};
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

impl Running {
    async fn end(self) {
        let Self { holds, stream, .. } = self;
        if let Some(stream) = stream {
            stream.end().await;
        }
        drop(holds);
    }
}

/// Has an app running for a device, and nothing else. One that it has running already goes on.
async fn run(api: &Api, device: Paired, app: App) -> Result<(), String> {
    let other = {
        let mut running = api.running();
        if running.get(&device.0).is_some_and(|running| running.app == app.id) {
            return Ok(());
        }
        running.remove(&device.0)
    };
    if let Some(other) = other {
        other.end().await;
    }
    let id = app.id;
    let holds = if id == apps::DESKTOP { None } else { Some(api.house.start(device.0, app).await?) };
    let run = api.runs.fetch_add(1, Ordering::Relaxed);
    let ended = holds.as_ref().map(|app| app.ended());
    let replaced = api.running().insert(device.0, Running { app: id, run, holds, stream: None });
    if let Some(ended) = ended {
        let api = api.clone();
        tokio::spawn(async move {
            ended.await;
            api.end_run(device, run).await;
        });
    }
    // another launch of the same device came in between
    if let Some(replaced) = replaced {
        replaced.end().await;
    }
    Ok(())
}

impl Api {
    /// Ends what a device has running, if it still is that.
    async fn end_run(&self, device: Paired, run: u64) {
        let over = {
            let mut running = self.running();
            let is_this = running.get(&device.0).is_some_and(|running| running.run == run);
            if is_this { running.remove(&device.0) } else { None }
        };
        if let Some(over) = over {
            over.end().await;
        }
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
    let wanted = query.number("appid");
    let Some(app) = apps::listed(&api, device).into_iter().find(|app| Some(app.id) == wanted) else {
        return refused(404, &api.house.why_missing(&device.0, wanted.unwrap_or(0)));
    };
    let secret = match secret_in(&api, &query) {
        Ok(secret) => secret,
        Err((status, reason)) => return refused(status, reason),
    };
    if let Err(reason) = run(&api, device, app).await {
        return refused(503, &reason);
    }
    match start(&api, &caller, device, secret).await {
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
    if !api.running().contains_key(&device.0) {
        return refused(503, "Nothing is running that could be resumed");
    }
    let secret = match secret_in(&api, &query) {
        Ok(secret) => secret,
        Err((status, reason)) => return refused(status, reason),
    };
    match start(&api, &caller, device, secret).await {
        Ok(url) => Root::ok().child("sessionUrl0", url).child("resume", 1),
        Err((status, reason)) => refused(status, &reason),
    }
}

/// `/cancel`: when it is answered, nothing runs any more.
pub(super) async fn cancel(State(api): State<Api>, device: Paired) -> Root {
    let running = api.running().remove(&device.0);
    if let Some(running) = running {
        running.end().await;
    }
    Root::ok().child("cancel", 1)
}

/// The key of the stream that a client wants, if it can be streamed to.
fn secret_in(api: &Api, query: &Query) -> Result<Secret, (u16, &'static str)> {
    let key: Option<[u8; 16]> = query.bytes("rikey").and_then(|bytes| bytes.try_into().ok());
    let key = key.ok_or((400, "The session key is missing"))?;
    let number = query.number::<i32>("rikeyid").ok_or((400, "The session key's number is missing"))?;
    let scheme = match (query.number::<u32>("corever"), api.house.facts().encryption) {
        (Some(1..), _) => Scheme::Encrypted,
        (_, Encryption::Offered) => Scheme::Plain,
        (_, Encryption::Required) => {
            return Err((403, "This app is too old to encrypt its negotiation; update it"));
        }
    };
    if !api.is_new(&key) {
        return Err((400, "The session key was used before; start again"));
    }
    Ok(Secret { key: SessionKey::new(key), number: number as u32, scheme })
}

async fn start(api: &Api, caller: &Caller, device: Paired, secret: Secret) -> Result<String, (u16, String)> {
    let old = api.running().get_mut(&device.0).and_then(|running| running.stream.take());
    if let Some(old) = old {
        old.end().await;
    }
    let scheme = secret.scheme.name();
    let party = Party { device: device.0, client: caller.source, local: caller.local };
    let unavailable =
        |error: std::io::Error| (503, format!("The host has no ports left for a stream: {error}"));
    let session = Session::open(party, secret, api.house.facts(), api.ports).await.map_err(unavailable)?;
    let port = session.rtsp_addr().map_err(unavailable)?.port();
    let link = session.link();
    let task = tokio::spawn(session.run(Arc::clone(&api.house)));
    let stream = Stream { link, task };
    let unwanted = match api.running().get_mut(&device.0) {
        // another launch of the same device came in between
        Some(running) => running.stream.replace(stream),
        // its app has ended meanwhile, or was quit
        None => Some(stream),
    };
    if let Some(stream) = unwanted {
        stream.link.end();
    }
    Ok(match caller.local {
        IpAddr::V4(local) => format!("{scheme}://{local}:{port}"),
        IpAddr::V6(local) => format!("{scheme}://[{local}]:{port}"),
    })
}
