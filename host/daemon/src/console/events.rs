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
use super::caller::Operator;
use super::problem::Problem;
use crate::app::HostEvent;

/// A comment is sent this often, so that both ends notice a dead connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Events, each named like `pairing.pending`, with what it is about as JSON. A reader that was too slow gets
/// `missed` and should look at everything again.
#[utoipa::path(get, path = "/events", tag = "host", responses(
    (status = 200, content_type = "text/event-stream", body = String),
    (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn events(_: Operator, State(api): State<Api>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
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
