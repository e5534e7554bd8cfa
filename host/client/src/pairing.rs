//! Pairing by PIN: both ends prove to each other that they know it, and which certificates they saw (punktfunk/1 §3).

use std::sync::Arc;
use std::time::Duration;

use punktfunk_core::wire::{CloseCode, PairChallenge, PairProof, PairRequest, PairResult};
use punktfunk_trust::{Challenge, ClientCeremony, Identity, PinCode, SystemRandomness};
use quinn::SendStream;
use tokio::time::timeout;

use crate::client::{new_runtime, run};
use crate::dial::{Dialled, dial, explain, from_transport};
use crate::error::{ConnectError, PairError};
use crate::framed::{MessageReader, StreamFailure, send};
use crate::options::DIAL_BUDGET;
use crate::{HostAddress, HostId, HostPin};

/// The host knows the PIN already and answers at once.
const ANSWER_WAIT: Duration = Duration::from_secs(15);

/// Pairs with the host by the PIN it shows, and returns its fingerprint: what to pin from now on. Blocks until then.
///
/// The connection pins nothing; that both ends saw each other's real certificate is what the PIN proves. This device is
/// paired on the host if and only if `Ok` is returned, except when the network fails in the very last step.
///
/// # Errors
/// See [`PairError`]. A PIN is good for one try, whatever came of it.
pub fn pair(
    address: &HostAddress,
    identity: &Arc<Identity>,
    name: &str,
    pin: &PinCode,
) -> Result<HostId, PairError> {
    let runtime = new_runtime().map_err(ConnectError::Local)?;
    let (address, identity, name, pin) =
        (address.clone(), Arc::clone(identity), name.to_owned(), pin.clone());
    let outcome = run(&runtime, async move {
        let dialled = dial(&address, &identity, HostPin::TrustOnFirstUse, DIAL_BUDGET, |_| ()).await?;
        let outcome = ceremony(&dialled, &identity, name, &pin).await;
        let code = if outcome.is_ok() { CloseCode::Done } else { CloseCode::PairingAborted };
        dialled.hang_up(code).await;
        outcome
    });
    runtime.shutdown_background();
    outcome
}

async fn ceremony(
    dialled: &Dialled,
    identity: &Identity,
    name: String,
    pin: &PinCode,
) -> Result<HostId, PairError> {
    let connection = &dialled.connection;
    let (mut sender, stream) = connection.open_bi().await.map_err(|error| from_transport(&error))?;
    let mut reader = MessageReader::new(stream);
    let (ceremony, spake_a) =
        ClientCeremony::start(pin, identity.id(), dialled.host, &mut SystemRandomness::default());

    let answer = ask(dialled, &mut sender, &mut reader, &PairRequest { name, spake_a }.encode()).await?;
    let PairChallenge { spake_b, confirm } =
        PairChallenge::decode(&answer).map_err(ConnectError::protocol)?;
    // A host that cannot prove the PIN must not see our proof: it could try all PINs against it.
    let proof = ceremony.answer(&Challenge { spake_b, confirm })?;

    let answer = ask(dialled, &mut sender, &mut reader, &PairProof { confirm: proof.0 }.encode()).await?;
    match PairResult::decode(&answer).map_err(ConnectError::protocol)? {
        PairResult { ok: true } => Ok(dialled.host),
        PairResult { ok: false } => Err(PairError::NotAccepted),
    }
}

/// Sends one message and waits for the answer to it.
async fn ask(
    dialled: &Dialled,
    sender: &mut SendStream,
    reader: &mut MessageReader,
    message: &[u8],
) -> Result<Vec<u8>, ConnectError> {
    let exchange = async {
        send(sender, message).await?;
        reader.next().await
    };
    match timeout(ANSWER_WAIT, exchange).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(StreamFailure::Frame(error))) => Err(ConnectError::protocol(error)),
        Ok(Err(failure)) => {
            Err(explain(&dialled.connection, ConnectError::Lost { reason: failure.to_string() }).await)
        }
        Err(_) => Err(ConnectError::Unanswered { waited: ANSWER_WAIT }),
    }
}
