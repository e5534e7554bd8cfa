//! Where the programs around the host leave their files, as the verbs that read them are told.

use std::path::PathBuf;

use clap::Args;

use crate::appliance::{BoxFiles, REFUSED_POLICY, UPDATE_STATUS};

/// Files that a flashed box has.
#[derive(Debug, Clone, Args)]
pub(super) struct BoxFilesArgs {
    /// Where the start of the box says why it refused a policy
    #[arg(long, value_name = "FILE", env = "PUNKTFUNK_POLICY_REFUSED", default_value = REFUSED_POLICY)]
    policy_refused: PathBuf,
    /// Where punktfunk-update says how it is doing
    #[arg(long, value_name = "FILE", env = "PUNKTFUNK_UPDATE_STATUS", default_value = UPDATE_STATUS)]
    update_status: PathBuf,
}

impl BoxFilesArgs {
    pub(super) fn places(&self) -> BoxFiles {
        BoxFiles { refused_policy: self.policy_refused.clone(), update_status: self.update_status.clone() }
    }
}
