//! Whose box this is: claiming it, the password, the browsers that are signed in, and tokens for scripts.
//!
//! [`Account`] is the state machine: time ([`Now`](punktfunk_trust::Now)), randomness and the disk are handed to it, and
//! what it says is on disk before it is said. [`Desk`] runs it for the console: it has the clocks, keeps the slow password
//! hash off the threads that answer, and tells what happens.
//!
//! * A box that nobody has claimed has a claim code, which only somebody who is at the box can see.
//! * Trying costs before the answer is known. Wrong passwords make their source wait, longer each time, and all strangers
//!   together a little. A browser that has signed in before waits for its own mistakes alone, so that no neighbour can
//!   keep the owner out.
//! * Of cookies and tokens only digests are kept.

mod account;
mod claim_code;
mod clock;
mod delay;
mod desk;
mod file;
mod issue;
mod label;
mod neighbour;
mod password;
mod record;
mod secret;
mod session;
mod state;
mod token;

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;

pub use account::{
    Account, Attempt, ClaimError, Claiming, EndError, Entered, From, Keeper, LimitError, OpenError,
    ResetError, SlowDown, TryError, Unsaved, whole_seconds,
};
pub use claim_code::{BadClaimCode, ClaimCode};
pub use desk::{Desk, DeskError};
pub use file::{FileError, OWNER_FILE};
pub use issue::{ISSUE_FILE, Issue};
pub use label::{browser_label, label_parts};
pub use neighbour::Neighbour;
pub use password::{Checked, HashError, MAX_BYTES, MIN_CHARS, PasswordHash, Weak};
pub use record::{OwnerEvent, OwnerHappening, OwnerRecord};
pub use secret::Secret;
pub use session::{Browser, SessionInfo};
pub use state::{BadId, ShortId};
pub use token::{TokenInfo, TokenScope};
