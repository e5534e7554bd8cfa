//! The allow-list on disk.
//!
//! It is kept twice, and a change is done only when both copies are durable:
//!
//! * `allow-list/`, a sled database. Every record carries a format version and a SHA-256; one more record carries the
//!   generation, the count and a digest of all others, and goes in with every change in one batch. sled's own flush does
//!   not reach the disk's platter (it never calls fsync), so its file is fdatasync'ed here.
//! * `allow-list.json`, the *witness*: the same list under the same generation, put in place by a rename after the
//!   database is durable. It is what notices a database that has lost its tail, and it is the last good copy to go back to.
//!
//! A start that finds the two in disagreement refuses, changes nothing and names the way back. One disagreement is normal: a
//! power cut between the two steps leaves the database one generation ahead, with a change that nobody was told had
//! worked. Then an unconfirmed removal counts and an unconfirmed addition does not.
//!
//! A mark beside the folder says that there has been a list, so that losing both copies is not taken for a first start.

mod error;
mod ledger;
mod mark;
mod moving;
mod state;
mod tree;
mod witness;

pub use error::{LastGood, StoreError};
pub(crate) use ledger::Ledger;
pub use ledger::{Repaired, repair};
pub use mark::path as mark_path;
pub use moving::{Brought, MoveError, bring_list, clear_list, devices_on, give_to_owner_of, list_document};
pub(crate) use state::{IgnoredDevice, State};

/// The most devices that an allow-list holds.
pub const MAX_DEVICES: usize = 1024;
/// The most devices that can be ignored for good.
pub const MAX_IGNORED: usize = 256;
/// The most revocations that are remembered one by one.
pub const MAX_REVOKED: usize = 4096;

/// Something that makes a state durable, or says why not and keeps the one before.
pub(crate) trait Keeper: Send {
    fn commit(&mut self, next: &State) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests;
