//! The host's side of a pairing, as states: [`Offered`] → [`Challenged`] → [`Proven`]. Only the last one makes a device.

use std::net::IpAddr;
use std::time::Duration;

use super::desk::PairRefusal;
use super::exchange::{
    CONFIRM_BYTES, CeremonyError, Challenge, Exchange, SPAKE_BYTES, SharedKey, Side, WrongPin,
};
use crate::store::StoreError;
use crate::{DeviceId, DeviceName, PinCode, Randomness};

/// How long a host waits for PairProof after its challenge: a person may be typing (punktfunk/1 §3.5).
pub const PROOF_WAIT: Duration = Duration::from_secs(60);

/// A PairRequest and the connection it came on.
#[derive(Clone, Copy, Debug)]
pub struct PairingAttempt<'a> {
    /// The client's fingerprint as seen in this connection's TLS, if it showed a certificate.
    pub device: Option<DeviceId>,
    /// The fingerprint of the certificate that this host shows.
    pub host: DeviceId,
    /// The name from PairRequest, as it came.
    pub name: &'a str,
    /// Where the connection comes from.
    pub source: IpAddr,
}

/// A pairing that has passed the gates (punktfunk/1 §3.5, step 2). The PIN is not spent yet.
#[derive(Debug)]
pub struct Offered {
    pub(crate) client: DeviceId,
    pub(crate) host: DeviceId,
    pub(crate) name: DeviceName,
    pub(crate) source: IpAddr,
    /// Which arming this one belongs to.
    pub(crate) arming: u64,
}

/// A pairing whose challenge is on the wire: the PIN is spent, and one proof may come.
pub struct Challenged {
    offered: Offered,
    key: SharedKey,
    until: Duration,
}

/// A pairing in which both sides have shown that they know the PIN and see the same fingerprints.
#[derive(Debug)]
pub struct Proven {
    pub(crate) client: DeviceId,
    pub(crate) name: DeviceName,
    pub(crate) source: IpAddr,
}

impl Offered {
    /// The exchange itself; a malformed `spake_a` changes nothing.
    pub(crate) fn exchange(
        &self,
        pin: &PinCode,
        spake_a: &[u8; SPAKE_BYTES],
        random: &mut dyn Randomness,
    ) -> Result<(SharedKey, Challenge), CeremonyError> {
        let (exchange, spake_b) = Exchange::start(Side::Host, pin, self.client, self.host, random);
        let key = exchange.finish(spake_a)?;
        let confirm = key.confirmation(Side::Host);
        Ok((key, Challenge { spake_b, confirm }))
    }

    pub(crate) fn challenged(self, key: SharedKey, until: Duration) -> Challenged {
        Challenged { offered: self, key, until }
    }
}

impl Challenged {
    /// Whose proof is awaited.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.offered.client
    }

    /// The monotonic moment after which a proof counts no more ([`PROOF_WAIT`] after the challenge).
    #[must_use]
    pub fn until(&self) -> Duration {
        self.until
    }

    /// Gives up on the proof.
    pub(crate) fn into_offered(self) -> Offered {
        self.offered
    }

    /// Checks the client's confirmation, in constant time.
    pub(crate) fn verify(self, proof: &[u8; CONFIRM_BYTES]) -> Result<Proven, (WrongPin, Offered)> {
        match self.key.check(Side::Client, proof) {
            Ok(()) => {
                let Offered { client, name, source, .. } = self.offered;
                Ok(Proven { client, name, source })
            }
            Err(wrong) => Err((wrong, self.offered)),
        }
    }
}

/// Shows whose pairing it is, and no key.
impl std::fmt::Debug for Challenged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Challenged").field("device", &self.offered.client).finish_non_exhaustive()
    }
}

/// Why a pairing ended without a paired device.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// It did not pass the gates, or the PIN was taken back or spent meanwhile.
    #[error(transparent)]
    Refused(#[from] PairRefusal),
    /// The client's half of the key exchange is malformed. The PIN is not spent.
    #[error("the device sent a malformed key exchange; the PIN is still good")]
    Malformed,
    /// Wrong PIN, or somebody in the middle. Answer PairResult with ok = 0.
    #[error(transparent)]
    WrongPin(#[from] WrongPin),
    /// The proof came after [`PROOF_WAIT`].
    #[error("the device took too long to prove the PIN: arm a new one")]
    TooLate,
    /// The allow-list is full.
    #[error("the allow-list is full: revoke a device first")]
    ListFull,
    /// Nothing was paired because it could not be saved.
    #[error("nothing was paired: {0}")]
    Store(#[from] StoreError),
}
