//! The PIN ceremony on the wire (punktfunk/1 §3.2, §3.5); what it proves is trust's business.

use std::sync::Arc;
use std::time::Duration;

use punktfunk_core::wire::{CloseCode, PairChallenge, PairProof, PairRequest, PairResult};
use punktfunk_trust::{PROOF_WAIT, PairError, PairRefusal, PairingAttempt};
use tokio::time::timeout;

use super::connection::Peer;
use super::control::ControlIo;
use super::ending::Ending;
use super::limits::Permit;
use crate::app::Host;

/// How long the client may take to close after the result.
const CLOSE_WAIT: Duration = Duration::from_secs(5);

/// Serves a connection that began with PairRequest.
pub(super) async fn pair(
    host: &Arc<Host>,
    peer: &Peer,
    request: &PairRequest,
    mut io: ControlIo,
    permit: Permit,
) -> Result<(), Ending> {
    let attempt = PairingAttempt {
        device: peer.device,
        host: host.identity().id(),
        name: &request.name,
        source: peer.source,
    };
    let offered = host
        .trust(|trust, now| trust.begin_pairing(now, &attempt))
        .map_err(|refusal| refused(host, peer, refusal))?;
    // from here on the PIN is spent: whatever comes next, nobody gets a second guess
    let spake_a = request.spake_a;
    let (challenged, challenge) =
        host.decide(move |trust, now| trust.challenge(now, offered, &spake_a)).await.map_err(failed)?;
    drop(permit);
    let challenge = PairChallenge { spake_b: challenge.spake_b, confirm: challenge.confirm };
    let proof = match ask_for_proof(&mut io, &challenge).await {
        Ok(proof) => proof,
        Err(ending) => {
            host.trust(|trust, now| trust.abandon(now, challenged));
            let device = peer.device.map(|device| device.brief());
            tracing::warn!(
                device,
                "a device broke off before it had proven the PIN: it had a wrong one, or somebody is in the middle"
            );
            return Err(ending);
        }
    };
    let outcome = host.decide(move |trust, now| trust.prove(now, challenged, &proof.confirm)).await;
    if let Err(error) = &outcome {
        tracing::warn!(device = peer.device.map(|device| device.brief()), %error, "pairing failed");
    }
    io.writer.send(&PairResult { ok: outcome.is_ok() }.encode()).await?;
    io.writer.finish();
    // the client closes once it has read the result
    let _ = timeout(CLOSE_WAIT, peer.connection.closed()).await;
    Ok(())
}

async fn ask_for_proof(io: &mut ControlIo, challenge: &PairChallenge) -> Result<PairProof, Ending> {
    io.writer.send(&challenge.encode()).await?;
    let payload = timeout(PROOF_WAIT, io.reader.next()).await.map_err(|_| failed(PairError::TooLate))??;
    PairProof::decode(&payload).map_err(|error| Ending::set_up(error.to_string()))
}

fn refused(host: &Host, peer: &Peer, refusal: PairRefusal) -> Ending {
    let code = match refusal {
        PairRefusal::NoCertificate => CloseCode::CertificateRequired,
        PairRefusal::TooSoon(_) => CloseCode::PairingTooSoon,
        PairRefusal::NotArmed => CloseCode::PairingNotArmed,
        PairRefusal::OtherDevice => CloseCode::PairingForAnother,
    };
    if let (PairRefusal::NotArmed, Some(device)) = (refusal, peer.device)
        && host.arm_by_itself(device)
    {
        return Ending::close(
            code,
            "a PIN was made just now: read it in the host's log and pair again with it",
        );
    }
    Ending::close(code, refusal.to_string())
}

fn failed(error: PairError) -> Ending {
    match error {
        PairError::Refused(_) | PairError::TooLate => {
            Ending::close(CloseCode::PairingNotArmed, error.to_string())
        }
        other => Ending::set_up(other.to_string()),
    }
}
