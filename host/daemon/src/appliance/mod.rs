//! What the programs around the host on a flashed box leave for it to tell: why a policy was refused at the start, and how
//! the box is updated. Small files of other programs, read with a bound and never believed to be well made.

mod refused;
mod text;
mod update;

use std::path::PathBuf;

pub use refused::RefusedPolicy;
pub use update::{LastUpdate, UpdateStatus};

/// Where the start of the box leaves the reason for which it did not take a policy.
pub const REFUSED_POLICY: &str = "/run/punktfunk-policy/refused.txt";
/// Where `punktfunk-update` says how it is doing.
pub const UPDATE_STATUS: &str = "/run/punktfunk-update/status.json";

/// Where these files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxFiles {
    /// Why a policy was refused at the start.
    pub refused_policy: PathBuf,
    /// How the box is updated.
    pub update_status: PathBuf,
}

impl Default for BoxFiles {
    fn default() -> Self {
        Self { refused_policy: REFUSED_POLICY.into(), update_status: UPDATE_STATUS.into() }
    }
}

impl BoxFiles {
    /// Why a policy was refused at the start, if one was.
    pub fn refused_policy(&self) -> Option<RefusedPolicy> {
        refused::read(&self.refused_policy)
    }

    /// How the box is updated, where something updates it.
    pub fn update_status(&self) -> Option<UpdateStatus> {
        update::read(&self.update_status)
    }

    /// Whether something on this machine updates it.
    pub fn has_updater(&self) -> bool {
        self.update_status.parent().is_some_and(std::path::Path::is_dir)
    }
}
