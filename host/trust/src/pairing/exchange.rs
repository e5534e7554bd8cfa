//! The key exchange and its confirmations, the same for both sides.
//!
//! The exchange is the spake2 crate's; what is added here is what that crate leaves to its caller: refusing degenerate
//! points before they are used, and confirming the key, because `finish` succeeds on a wrong PIN too.

use aws_lc_rs::hmac;
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::IsIdentity;
use spake2::{Ed25519Group, Identity, Password, Spake2};

use crate::randomness::ForSpake;
use crate::{DeviceId, PinCode, Randomness};

/// The size of a SPAKE2 message: one side byte and a compressed point (punktfunk/1 §3.3).
pub const SPAKE_BYTES: usize = 33;
/// The size of a key confirmation: one HMAC-SHA256 (punktfunk/1 §3.4).
pub const CONFIRM_BYTES: usize = 32;

const HOST_LABEL: &[u8] = b"punktfunk-pair-host";
const CLIENT_LABEL: &[u8] = b"punktfunk-pair-client";

/// What the host answers to a PairRequest (punktfunk/1 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The host's half of the key exchange.
    pub spake_b: [u8; SPAKE_BYTES],
    /// The host's proof that it used the same PIN and saw the same fingerprints.
    pub confirm: [u8; CONFIRM_BYTES],
}

/// Why a ceremony could not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyError {
    /// The peer's half of the key exchange is none: wrong side, not on the curve, or of small order.
    #[error(
        "the other side sent a malformed key exchange: it does not speak this protocol, or somebody is tampering with it"
    )]
    Malformed,
    /// The confirmation does not fit: another PIN, or other fingerprints than ours.
    #[error(transparent)]
    WrongPin(#[from] WrongPin),
}

/// The confirmation of the other side does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("wrong PIN, or somebody is in the middle of this connection: ask for a new PIN and try again")]
pub struct WrongPin;

#[derive(Clone, Copy)]
pub(crate) enum Side {
    Client,
    Host,
}

/// One side's half-open exchange. Lives for one guess: both ways out consume it.
pub(crate) struct Exchange {
    spake: Spake2<Ed25519Group>,
    side: Side,
    client: DeviceId,
    host: DeviceId,
}

/// The key that both sides have if they used the same PIN. Dropped right after the confirmations are derived.
pub(crate) struct SharedKey {
    key: hmac::Key,
    client: DeviceId,
    host: DeviceId,
}

impl Exchange {
    pub(crate) fn start(
        side: Side,
        pin: &PinCode,
        client: DeviceId,
        host: DeviceId,
        random: &mut dyn Randomness,
    ) -> (Self, [u8; SPAKE_BYTES]) {
        let password = Password::new(pin.reveal());
        let (a, b) = (Identity::new(client.as_bytes()), Identity::new(host.as_bytes()));
        let random = ForSpake(random);
        let (spake, message) = match side {
            Side::Client => Spake2::start_a_with_rng(&password, &a, &b, random),
            Side::Host => Spake2::start_b_with_rng(&password, &a, &b, random),
        };
        let message =
            message.try_into().expect("a message of the Ed25519 group is one side byte and one point");
        (Self { spake, side, client, host }, message)
    }

    pub(crate) fn finish(self, theirs: &[u8; SPAKE_BYTES]) -> Result<SharedKey, CeremonyError> {
        let from = match self.side {
            Side::Client => Side::Host,
            Side::Host => Side::Client,
        };
        check_message(from, theirs)?;
        let key = self.spake.finish(theirs).map_err(|_| CeremonyError::Malformed)?;
        Ok(SharedKey { key: hmac::Key::new(hmac::HMAC_SHA256, &key), client: self.client, host: self.host })
    }
}

impl SharedKey {
    pub(crate) fn confirmation(&self, of: Side) -> [u8; CONFIRM_BYTES] {
        let tag = hmac::sign(&self.key, &self.confirmed(of));
        tag.as_ref().try_into().expect("HMAC-SHA256 is 32 bytes")
    }

    /// Compares in constant time.
    pub(crate) fn check(&self, of: Side, confirm: &[u8; CONFIRM_BYTES]) -> Result<(), WrongPin> {
        hmac::verify(&self.key, &self.confirmed(of), confirm).map_err(|_| WrongPin)
    }

    fn confirmed(&self, of: Side) -> Vec<u8> {
        let label = match of {
            Side::Client => CLIENT_LABEL,
            Side::Host => HOST_LABEL,
        };
        [label, self.client.as_bytes(), self.host.as_bytes()].concat()
    }
}

/// Refuses a message that no honest side sends: wrong side byte, not the canonical encoding of a point, or a point outside
/// the prime-order group (which contains all points of small order but one), or that one, the identity.
///
/// The crate subtracts the blinding afterwards. A peer can make *that* result the identity only by sending the blinding
/// point of the PIN it guesses, which tells it no more than the one guess it has anyway.
pub(crate) fn check_message(from: Side, message: &[u8; SPAKE_BYTES]) -> Result<(), CeremonyError> {
    let side = match from {
        Side::Client => 0x41,
        Side::Host => 0x42,
    };
    let compressed = CompressedEdwardsY::from_slice(&message[1..]).map_err(|_| CeremonyError::Malformed)?;
    let point = compressed.decompress().ok_or(CeremonyError::Malformed)?;
    let canonical = point.compress() == compressed;
    if message[0] == side && canonical && !point.is_identity() && point.is_torsion_free() {
        Ok(())
    } else {
        Err(CeremonyError::Malformed)
    }
}
