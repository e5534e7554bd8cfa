//! Backup and restore: who this box is and whom it lets in, as one encrypted file.
//!
//! The file is in the age format (age-encryption.org), under a passphrase: any age program opens it. In it is one JSON
//! document with the identity, the certificate of the Moonlight door if that was ever open, the list of devices with all
//! revocations, and the policy. The console's password and the
//! tokens are not in it: whoever restores claims the box anew where it has no owner.

mod bundle;
mod restore;

pub use bundle::{Bundle, BundleError, LEAST_PASSPHRASE, MAX_FILE_BYTES};
pub use restore::{Restored, StageError, apply_staged, stage, staged_path};
