//! What happens, as it happens (server-sent events).

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt as _};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Read, Scope};
use super::refusals::Guarded;
use crate::app::HostEvent;

/// A comment is sent this often, so that both ends notice a dead connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(events))
}

/// What happens from now on, as server-sent events that never end by themselves.
///
/// Each has a name (`event:`) and is about something (`data:`, one JSON object; without fields `null`). A comment every
/// 15 seconds says that the host is still there. A reader that was too slow gets `missed` and should look at the lists
/// again.
///
/// | event | data |
/// |---|---|
/// | `pairing.pending` | `id`, `device`: a device knocks and waits |
/// | `pairing.answered` | `id`, `device`, `outcome` (`approved`, `denied`, `expired`, `evicted`) |
/// | `pairing.armed`, `pairing.disarmed` | |
/// | `pairing.wrong_pin` | `device` |
/// | `device.paired` | `device`, `via` (`approval`, `pin`, `declared`) |
/// | `device.changed`, `device.access_ended` | `device` |
/// | `stream.started` | `stream`, `device`, `name` |
/// | `stream.ended` | `stream`, `device` |
/// | `policy.reloaded` | |
/// | `store.failed`, `store.recovered` | the allow-list on disk is behind the one in force, or no longer |
/// | `missed` | how many |
///
/// `device` is a fingerprint.
#[utoipa::path(get, path = "/events", operation_id = "events", tag = "host", responses(
    (status = 200, description = "events, as they happen", content_type = "text/event-stream", body = String,
     example = "event: pairing.answered\ndata: {\"id\":271828182845,\"device\":\"9f2c…\",\"outcome\":\"approved\"}\n\n"),
    Guarded))]
async fn events(
    _: Scope<Read>,
    State(api): State<Api>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = BroadcastStream::new(api.host.watch()).map(|event| Ok(render(event)));
    Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

fn render(event: Result<HostEvent, BroadcastStreamRecvError>) -> Event {
    match event {
        Ok(event) => Event::default()
            .event(event.name())
            .json_data(&event)
            .unwrap_or_else(|_| Event::default().event(event.name())),
        Err(BroadcastStreamRecvError::Lagged(missed)) => {
            Event::default().event(HostEvent::Missed.name()).data(missed.to_string())
        }
    }
}
