//! PIN pairing (punktfunk/1 §3): the ceremony of both sides, and the gate in front of the host's.

#[cfg(feature = "store")]
mod auto_arm;
mod client;
#[cfg(feature = "store")]
mod cooldown;
#[cfg(feature = "store")]
mod desk;
mod exchange;
#[cfg(feature = "store")]
mod host;
#[cfg(feature = "store")]
mod outcome;
#[cfg(test)]
mod vectors;

#[cfg(feature = "store")]
pub use auto_arm::AutoArmError;
#[cfg(feature = "store")]
pub(crate) use auto_arm::{AUTO_DIGITS, AutoArm};
pub use client::{ClientCeremony, Proof};
#[cfg(feature = "store")]
pub use desk::{
    ArmError, ArmRequest, Armed, PairRefusal, PairingStatus, WINDOW_MAX, WINDOW_MIN, is_local, seconds_up,
};
#[cfg(feature = "store")]
pub(crate) use desk::{Desk, Gate};
pub use exchange::Challenge;
pub use exchange::{CONFIRM_BYTES, CeremonyError, SPAKE_BYTES, WrongPin};
#[cfg(feature = "store")]
pub use host::{Challenged, Offered, PROOF_WAIT, PairError, PairingAttempt, Proven};
#[cfg(feature = "store")]
pub use outcome::{LastPin, PinOutcome};
