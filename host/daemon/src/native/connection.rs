//! One connection, from the end of its handshake to its close: what its first message is decides what it becomes.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use punktfunk_core::wire::{CloseCode, FirstMessage};
use punktfunk_trust::DeviceId;
use quinn::Connection;
use tokio::time::timeout;

use super::control::ControlIo;
use super::ending::Ending;
use super::limits::Permit;
use super::stream::{ControlReader, ControlWriter};
use super::{gate, pairing, tls, viewer};
use crate::app::Host;

/// How long a client may take to open its control stream (punktfunk/1 §2.1).
pub(super) const OPEN_LIMIT: Duration = Duration::from_secs(10);
/// How long it may take for its first message.
pub(super) const FIRST_MESSAGE_LIMIT: Duration = Duration::from_secs(10);
/// How long it may take from its admission to Start.
pub(super) const NEGOTIATION_LIMIT: Duration = Duration::from_secs(10);

/// Who is at the other end.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    pub(super) connection: Connection,
    /// The fingerprint of the certificate whose key was proven, if one was shown.
    pub(super) device: Option<DeviceId>,
    /// Where the connection came from, IPv4-mapped addresses as IPv4.
    pub(super) source: IpAddr,
}

/// Serves a connection whose handshake is complete. The permit is held until trust has judged the client.
pub(super) async fn serve(host: Arc<Host>, connection: Connection, permit: Permit) {
    let peer = Peer {
        device: tls::device_of(&connection),
        source: connection.remote_address().ip().to_canonical(),
        connection,
    };
    let ended = tokio::select! {
        ended = run(&host, &peer, permit) => ended,
        () = host.going_down() => Err(Ending::typed(CloseCode::HostGoingDown)),
    };
    let ending = ended.err().unwrap_or_else(|| Ending::close(CloseCode::Done, ""));
    if let Ending::Close(code, sentence) = &ending {
        // at this level only: whoever is turned away must not be able to fill the log
        tracing::debug!(code = code.code(), reason = %sentence, device = ?peer.device, "connection closed");
    }
    ending.apply(&peer.connection);
}

async fn run(host: &Arc<Host>, peer: &Peer, permit: Permit) -> Result<(), Ending> {
    // a client that closes before it says anything only wanted to know whether the host is there
    let (send, recv) = timeout(OPEN_LIMIT, peer.connection.accept_bi()).await.map_err(|_| {
        Ending::set_up("the device opened no control stream within ten seconds; connect again")
    })??;
    let mut io = ControlIo { reader: ControlReader::new(recv), writer: ControlWriter::new(send) };
    let first = timeout(FIRST_MESSAGE_LIMIT, io.reader.next())
        .await
        .map_err(|_| Ending::set_up("the device said nothing for ten seconds; connect again"))??;
    match FirstMessage::decode(&first).map_err(|error| Ending::set_up(error.to_string()))? {
        FirstMessage::Hello(hello) => {
            let admitted = gate::admit(host, peer, &hello, permit).await?;
            viewer::stream(host, peer, &admitted, &hello, io).await.inspect_err(Ending::report)
        }
        FirstMessage::PairRequest(request) => pairing::pair(host, peer, &request, io, permit).await,
    }
}
