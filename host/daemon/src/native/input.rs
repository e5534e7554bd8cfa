//! Input datagrams become events of the host's input devices (punktfunk/1 §5.1, §5.10), within the device's grants.

use std::sync::Arc;

use punktfunk_core::datagram::ClientDatagram;

use super::connection::Peer;
use super::ending::Ending;
use super::rumble::Motors;
use crate::app::{Host, StreamShared};
use crate::input::{Changes, StreamInput};

/// Reads and injects input until the connection ends, and sends back what games make of the device's gamepads. Dropping the future, for whatever reason, releases everything
/// that is held.
pub(super) async fn run(host: &Arc<Host>, peer: &Peer, shared: Arc<StreamShared>) -> Result<(), Ending> {
    let mut changes = Changes::of(host, &shared);
    let motors = Motors::default();
    let mut input = StreamInput::new(host, &shared, motors.on_rumble());
    let rumbling = motors.run(|datagram| {
        // without room it is as good as lost, and told again
        let _ = peer.connection.send_datagram(datagram.into());
    });
    tokio::pin!(rumbling);
    loop {
        tokio::select! {
            () = &mut rumbling => {}
            datagram = peer.connection.read_datagram() => match ClientDatagram::decode(&datagram?) {
                Some(ClientDatagram::Input(event)) => input.event(event),
                Some(ClientDatagram::Rich(event)) => input.rich(&event),
                Some(ClientDatagram::Microphone(_)) | None => {}
            },
            () = changes.next() => input.follow(),
        }
    }
}
