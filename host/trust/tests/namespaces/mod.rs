//! What tests of several crates need of the machine: a namespace of their own, in which any user may mount disks and make
//! networks.

use std::process::{Command, Stdio};

/// Set by whoever works where the kernel gives no namespaces; never where a result counts.
const LEAVE_OUT: &str = "PUNKTFUNK_TESTS_WITHOUT_NAMESPACES";

/// Whether `unshare` carries out `arguments` here.
///
/// # Panics
/// Where it does not, unless whoever runs this has said that such tests may be left out.
#[allow(clippy::print_stderr, reason = "for whoever leaves tests out")]
pub(crate) fn are_there(arguments: &[&str]) -> bool {
    let tried = Command::new("unshare").args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let possible = tried.is_ok_and(|status| status.success());
    let command = arguments.join(" ");
    assert!(
        possible || std::env::var_os(LEAVE_OUT).is_some(),
        "`unshare {command}` does not work for this user, and this test needs it: allow it \
         (sysctl kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0), or set {LEAVE_OUT}=1 \
         to leave such tests out"
    );
    if !possible {
        eprintln!("left out, since `unshare {command}` does not work here and {LEAVE_OUT} is set");
    }
    possible
}
