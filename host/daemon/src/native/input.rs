//! Input datagrams become events of the host's input devices (punktfunk/1 §5.1), within the device's grants.

use std::sync::Arc;

use punktfunk_core::datagram::ClientDatagram;

use super::connection::Peer;
use super::ending::Ending;
use crate::app::{Host, HostEvent, StreamShared};
use crate::input::{Translator, grants, settings_of, start};

/// Reads and injects input until the connection ends. Dropping the future, for whatever reason, releases everything
/// that is held.
pub(super) async fn run(host: &Arc<Host>, peer: &Peer, shared: Arc<StreamShared>) -> Result<(), Ending> {
    let mut grant = shared.grant.subscribe();
    let mut events = host.watch();
    let mut settings = settings_of(&host.policy().input);
    let mut injection = start(host, settings);
    let mut translator = Translator::new(settings, host.pad_budget());
    loop {
        tokio::select! {
            datagram = peer.connection.read_datagram() => {
                let granted = grants(*shared.grant.borrow());
                let Some(ClientDatagram::Input(event)) = ClientDatagram::decode(&datagram?) else { continue };
                let event = translator.translate(host.clock().monotonic_ns(), event, granted);
                if let (Some(injection), Some(event)) = (&injection, event) {
                    injection.inject(event);
                }
            }
            // nothing stays pressed by a device that may not press it any more
            Ok(()) = grant.changed() => {
                if let Some(injection) = &injection {
                    injection.release_all();
                }
            }
            event = events.recv() => {
                // events that were missed may have been that one
                if !matches!(event, Ok(HostEvent::PolicyReloaded) | Err(_)) {
                    continue;
                }
                let next = settings_of(&host.policy().input);
                if next != settings {
                    settings = next;
                    // the old ones let go of everything first
                    drop((injection.take(), translator));
                    injection = start(host, settings);
                    translator = Translator::new(settings, host.pad_budget());
                }
            }
        }
    }
}
