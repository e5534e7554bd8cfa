//! What can be started besides the desktop. The host has a sandbox in which no program would be of use, and does not run any
//! itself: a runner does (`punktfunk-host apps`), as the user of the screen's session. It reads the policy by itself, and is
//! told nothing but the *name* of one of the policy's apps, over a socket that it answers to the host alone.

mod desk;
mod groups;
mod runner;
mod said;
mod session;

pub use desk::AppFault;
pub(crate) use desk::{AppDesk, RunningApp};
pub use groups::AppGroups;
pub use runner::{Runner, RunnerError};

/// Where the runner listens.
pub const APPS_SOCKET: &str = "/run/punktfunk-apps/apps.sock";
