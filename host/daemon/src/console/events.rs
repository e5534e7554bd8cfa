//! What happens, as it happens (server-sent events).

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use tokio::sync::broadcast::error::RecvError;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt as _};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use super::guard::{Read, Scope};
use super::problem::Problem;
use super::refusals::Guarded;
use crate::app::{Host, HostEvent, Numbered, Resumed};
use crate::owner::{Desk, OwnerEvent};

/// A comment is sent this often, so that both ends notice a dead connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The header by which a reader says what it saw last.
const LAST_EVENT_ID: &str = "last-event-id";

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(events))
}

/// What happens from now on, as server-sent events that never end by themselves.
///
/// The data of each is one JSON object whose `event` says what it is, the same as its name (`event:`). The first is
/// `hello`. A comment every 15 seconds says that the host is still there.
///
/// Each has an id (`id:`). A reader that comes back and sends the last one that it saw as `Last-Event-ID` gets what
/// happened meanwhile. Where that is too much (256 events are kept), or the host was started anew, it gets `missed` and
/// should look at everything again; so does a reader that is too slow.
///
/// The stream ends when its reader is signed out, or its token revoked.
#[utoipa::path(get, path = "/events", operation_id = "events", tag = "host",
    params(("last-event-id" = Option<String>, Header, description = "the id of the last event that was seen")),
    responses(
    (status = 200, description = "events, as they happen", content_type = "text/event-stream", body = HostEvent,
     example = "id: 5f0c2a91-17\nevent: pairing.answered\ndata: {\"event\":\"pairing.answered\",\"id\":271828182845,\"device\":\"9f2c…\",\"outcome\":\"approved\"}\n\n"),
    Guarded))]
async fn events(
    reader: Scope<Read>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let boot: Arc<str> = reader.host().boot().into();
    let last = headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let Resumed { after, missed, meanwhile, from_now } =
        reader.host().resume(last.map(|last| seen(last, &boot)));
    // whoever was signed out before this moment would never be told so
    reader.still_holds()?;
    let hello = Numbered { seq: after, event: HostEvent::Hello { seq: after } };
    let lost = missed.then_some(Numbered { seq: after, event: HostEvent::Missed });
    let past = tokio_stream::iter([hello].into_iter().chain(lost).chain(meanwhile).map(Ok));
    let all = past.chain(BroadcastStream::new(from_now));
    let own = reader.clone();
    let stream = all.filter(move |event| !is_for_another(&own, event)).map(move |event| {
        let is_last = match &event {
            // what was missed may have been the end
            Ok(Numbered { event: HostEvent::Missed, .. }) | Err(_) => reader.still_holds().is_err(),
            Ok(Numbered { event, .. }) => reader.ends_with(event),
        };
        (render(&boot, event), is_last)
    });
    Ok(Sse::new(UntilLast(Some(stream))).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// The end of a session is told to its own browser alone.
fn is_for_another(reader: &Scope<Read>, event: &Result<Numbered, BroadcastStreamRecvError>) -> bool {
    let Ok(Numbered { event: event @ HostEvent::SessionEnded { .. }, .. }) = event else { return false };
    !reader.ends_with(event)
}

/// Ends with the first item that says so.
struct UntilLast<S>(Option<S>);

impl<S: Stream<Item = (Event, bool)> + Unpin> Stream for UntilLast<S> {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(stream) = &mut self.0 else { return Poll::Ready(None) };
        match ready!(Pin::new(stream).poll_next(cx)) {
            Some((event, is_last)) => {
                if is_last {
                    self.0 = None;
                }
                Poll::Ready(Some(Ok(event)))
            }
            None => Poll::Ready(None),
        }
    }
}

/// Tells watchers of the host what happens to its owner's account, until the host goes down.
pub(super) async fn pass_on(owner: Arc<Desk>, host: Arc<Host>) {
    let mut events = owner.watch();
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = host.going_down() => return,
        };
        host.tell(match event {
            Ok(OwnerEvent::Claimed) => HostEvent::Claimed,
            Ok(OwnerEvent::SignedIn { session }) => HostEvent::SignedIn { session: session.to_string() },
            Ok(OwnerEvent::SessionEnded { session }) => {
                HostEvent::SessionEnded { session: session.to_string() }
            }
            Ok(OwnerEvent::PasswordChanged) => HostEvent::PasswordChanged,
            Ok(OwnerEvent::Reset) => HostEvent::OwnerReset,
            Ok(OwnerEvent::TokenMade { token }) => HostEvent::TokenMade { token: token.to_string() },
            Ok(OwnerEvent::TokenRevoked { token }) => HostEvent::TokenRevoked { token: token.to_string() },
            Err(RecvError::Lagged(_)) => HostEvent::Missed,
            Err(RecvError::Closed) => return,
        });
    }
}

/// The number in an id of this run of the host; one that cannot be, for any other.
fn seen(id: &str, boot: &str) -> u64 {
    let of_this_run = id.split_once('-').filter(|(named, _)| *named == boot);
    of_this_run.and_then(|(_, seq)| seq.parse().ok()).unwrap_or(u64::MAX)
}

fn render(boot: &str, event: Result<Numbered, BroadcastStreamRecvError>) -> Event {
    let (id, event) = match event {
        Ok(Numbered { seq, event }) => (Some(format!("{boot}-{seq}")), event),
        // what comes next has an id again
        Err(BroadcastStreamRecvError::Lagged(_)) => (None, HostEvent::Missed),
    };
    let data = serde_json::to_value(&event).unwrap_or_default();
    let rendered = Event::default().event(data["event"].as_str().unwrap_or_default()).data(data.to_string());
    match id {
        Some(id) => rendered.id(id),
        None => rendered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_counts_within_one_run_of_the_host_only() {
        assert_eq!(seen("5f0c2a91-17", "5f0c2a91"), 17);
        for foreign in ["00000000-17", "17", "", "5f0c2a91-", "5f0c2a91--1", "5f0c2a91-x", "-17"] {
            assert_eq!(seen(foreign, "5f0c2a91"), u64::MAX, "{foreign}");
        }
    }
}
