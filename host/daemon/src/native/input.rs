//! Input datagrams become events of the host's input devices (punktfunk/1 §5.1, §5.10), within the device's grants.

use std::sync::Arc;

use punktfunk_core::datagram::ClientDatagram;

use super::connection::Peer;
use super::ending::Ending;
use crate::app::{Host, StreamShared};
use crate::input::{Changes, StreamInput};

/// Reads and injects input until the connection ends. Dropping the future, for whatever reason, releases everything
/// that is held.
pub(super) async fn run(host: &Arc<Host>, peer: &Peer, shared: Arc<StreamShared>) -> Result<(), Ending> {
    let mut changes = Changes::of(host, &shared);
    let mut input = StreamInput::new(host, &shared);
    loop {
        tokio::select! {
            datagram = peer.connection.read_datagram() => match ClientDatagram::decode(&datagram?) {
                Some(ClientDatagram::Input(event)) => input.event(event),
                Some(ClientDatagram::Rich(event)) => input.rich(&event),
                Some(ClientDatagram::Microphone(_)) | None => {}
            },
            () = changes.next() => input.follow(),
        }
    }
}
