//! The gates in front of a stream, in the protocol's order: version, certificate, trust (punktfunk/1 §2.2, §3.6).

use std::sync::Arc;

use punktfunk_core::wire::{CloseCode, Hello, WIRE_VERSION};
use punktfunk_trust::MatchCode;

use super::connection::Peer;
use super::ending::{Ending, code_of};
use super::limits::Permit;
use crate::app::{Admitted, Host, Knocked, Verdict};

/// Lets a client pass, or parks it until somebody has decided.
///
/// While it is parked nothing is sent; QUIC's keep-alives hold the connection. The handshake permit is given back then,
/// because the waiting room has its own bounds.
pub(super) async fn admit(
    host: &Arc<Host>,
    peer: &Peer,
    hello: &Hello,
    permit: Permit,
) -> Result<Admitted, Ending> {
    if hello.version != WIRE_VERSION {
        return Err(Ending::close(
            CloseCode::WireVersion,
            format!(
                "the device speaks version {} of the protocol and this host version {WIRE_VERSION}; update the older one",
                hello.version
            ),
        ));
    }
    let mut permit = Some(permit);
    let export = |out: &mut [u8], label: &[u8], context: &[u8]| {
        peer.connection.export_keying_material(out, label, context)
    };
    // what the device shows while it waits
    let code = MatchCode::of(export).ok();
    loop {
        let knocked = host.knock(peer.device, hello.name.as_deref().unwrap_or(""), peer.source, code);
        drop(permit.take());
        let mut parked = match knocked {
            Knocked::Admitted(admitted) => return Ok(admitted),
            Knocked::Refused(why, sentence) => return Err(Ending::close(code_of(why), sentence)),
            Knocked::Parked(parked) => parked,
        };
        tokio::select! {
            biased;
            verdict = parked.verdict() => match verdict {
                Verdict::KnockAgain => {}
                Verdict::Close(why) => return Err(Ending::typed(code_of(why))),
            },
            _ = peer.connection.closed() => return Err(Ending::Gone),
        }
    }
}
