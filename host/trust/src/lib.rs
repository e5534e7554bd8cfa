//! Who may stream from this box.
//!
//! Everything here is a state machine: the caller passes in what arrived and what time it is ([`Now`]), and gets an
//! answer and [events](TrustEvent) back. Nothing in this crate opens a socket or reads a clock; only the allow-list and
//! the identity touch files.
//!
//! * [`DeviceId`], [`DeviceName`], [`PinCode`], [`Grant`]: values that can only be made right.
//! * [`Identity`]: the certificate and key that this machine keeps for ever.
//! * [`ClientCeremony`] and [`Offered`] → [`Challenged`] → [`Proven`]: PIN pairing (punktfunk/1 §3).
//! * [`Trust`]: the allow-list, the waiting room, arming and the admission record, behind one door.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let state_dir = tempfile::tempdir()?;
//! use std::time::Instant;
//! use punktfunk_trust::{Actor, Admission, Approve, DeviceId, Knock, Now, Trust, TrustSettings};
//!
//! let started = Instant::now();
//! let mut trust = Trust::open(&state_dir.path().join("trust"), TrustSettings::default(), Now::read(started))?;
//!
//! // Somebody is at the door. Nobody knows it, so its connection is parked.
//! let phone = DeviceId::from_certificate(b"the DER of its certificate");
//! let knock = Knock { device: Some(phone), name: "Anna's phone", source: "192.168.1.20".parse()? };
//! let Admission::Wait(ticket) = trust.knock(Now::read(started), knock) else { unreachable!() };
//!
//! // The owner looks, and lets in exactly what was shown.
//! let shown = trust.pending(Now::read(started)).remove(0);
//! let order = Approve {
//!     id: shown.id,
//!     fingerprint: shown.device,
//!     revision: Some(shown.revision),
//!     name: None,
//!     grant: None,
//!     by: Actor::Console,
//! };
//! let device = trust.approve(Now::read(started), &order)?;
//! assert_eq!(device.name.as_str(), "Anna's phone");
//!
//! // It is on disk, the parked connection is told by an event, and from now on the phone comes straight in.
//! assert!(!trust.is_waiting(ticket));
//! assert!(matches!(trust.knock(Now::read(started), knock), Admission::Admit(_)));
//! # Ok(())
//! # }
//! ```
//!
//! Without the feature `store` only the first three are there, which is what a client needs; with `tls` also `tls`, what a
//! certificate proves.

mod colour;
mod device_id;
mod device_name;
mod door;
mod files;
mod grant;
mod identity;
mod match_code;
mod pairing;
mod pin;
mod randomness;
mod time;
mod words;

#[cfg(feature = "tls")]
pub mod tls;

#[cfg(feature = "store")]
mod device;
#[cfg(feature = "store")]
mod look_alike;
#[cfg(feature = "store")]
mod store;
#[cfg(feature = "store")]
mod trust;
#[cfg(feature = "store")]
mod waiting;

pub use colour::{COLOURS, Colour};
pub use device_id::{DeviceId, ParseDeviceIdError};
pub use device_name::{DeviceName, MAX_NAME_BYTES};
pub use door::Door;
pub use files::open_regular;
#[cfg(feature = "store")]
pub use files::{read_private, replace_private};
pub use grant::{Grant, Level, Lifetime, Right};
pub use identity::{Identity, IdentityError, Role};
pub use match_code::MatchCode;
pub use pairing::{CONFIRM_BYTES, CeremonyError, Challenge, ClientCeremony, Proof, SPAKE_BYTES, WrongPin};
pub use pin::{InvalidPin, MAX_PIN_DIGITS, MIN_PIN_DIGITS, PinCode};
pub use randomness::{Randomness, SystemRandomness};
pub use time::{Now, UnixSeconds};
pub use words::WORDS;

#[cfg(feature = "store")]
pub use device::{Actor, Device, Via};
#[cfg(feature = "store")]
pub use pairing::{
    ArmError, ArmRequest, Armed, AutoArmError, Challenged, LastPin, Offered, PROOF_WAIT, PairError,
    PairRefusal, PairingAttempt, PairingStatus, PinOutcome, Proven, WINDOW_MAX, WINDOW_MIN, is_local,
    seconds_up,
};
#[cfg(feature = "store")]
pub use store::{
    Brought, LastGood, MAX_DEVICES, MAX_IGNORED, MAX_REVOKED, MoveError, Repaired, StoreError, bring_list,
    clear_list, devices_on, give_to_owner_of, list_document, mark_path, repair,
};
#[cfg(feature = "store")]
pub use trust::{
    Admission, Admitted, Amendment, Answered, Approve, ApproveError, DeclaredDevice, DenyError, DenyMode,
    DeviceError, Happening, Ignored, Knock, OpenError, PinAnswer, PinAnswerError, RecordEntry, Refusal,
    Revocation, SettingsError, Trust, TrustEvent, TrustSettings,
};
#[cfg(feature = "store")]
pub use waiting::{LooksLike, PendingId, PendingView, Ticket, TicketId};
