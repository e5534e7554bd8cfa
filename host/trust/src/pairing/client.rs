//! The client's side of a pairing.

use super::exchange::{CONFIRM_BYTES, CeremonyError, Challenge, Exchange, SPAKE_BYTES, Side};
use crate::{DeviceId, PinCode, Randomness};

/// A pairing that the client has begun and the host not yet answered.
pub struct ClientCeremony(Exchange);

/// What the client sends in PairProof; only a host that knows the PIN gets one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof(pub [u8; CONFIRM_BYTES]);

impl ClientCeremony {
    /// Begins a pairing. `client` and `host` are the fingerprints as seen in this connection's TLS: our own leaf and the
    /// host's. The bytes are `spake_a` of PairRequest.
    #[must_use]
    pub fn start(
        pin: &PinCode,
        client: DeviceId,
        host: DeviceId,
        random: &mut dyn Randomness,
    ) -> (Self, [u8; SPAKE_BYTES]) {
        let (exchange, message) = Exchange::start(Side::Client, pin, client, host, random);
        (Self(exchange), message)
    }

    /// Checks the host's answer first, and only then gives the proof to send. The host is authenticated when it has
    /// answered that proof with PairResult ok.
    ///
    /// # Errors
    /// Close the connection with 1 on any error, and never send a proof.
    pub fn answer(self, challenge: &Challenge) -> Result<Proof, CeremonyError> {
        let key = self.0.finish(&challenge.spake_b)?;
        key.check(Side::Host, &challenge.confirm)?;
        Ok(Proof(key.confirmation(Side::Client)))
    }
}
