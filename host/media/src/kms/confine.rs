//! The broker gives up whatever it does not need.
#![allow(unsafe_code)] // capset and prctl have no safe wrapper here

use std::io;

use nix::libc;
use nix::sched::{CloneFlags, unshare};

const CAP_SYS_ADMIN: u32 = 21;
const CAPABILITY_VERSION_3: u32 = 0x2008_0522;

#[repr(C)]
struct CapabilityHeader {
    version: u32,
    pid: i32,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct CapabilitySet {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Leaves the network, drops every capability but `CAP_SYS_ADMIN`, and forbids gaining any again. Must run while the
/// process has a single thread. Returns whether `CAP_SYS_ADMIN` is there at all.
///
/// # Errors
/// When a step fails that has no reason to fail; the process should not go on then.
pub(super) fn confine() -> io::Result<bool> {
    let privileged = capabilities()?[0].permitted & (1 << CAP_SYS_ADMIN) != 0;
    if privileged {
        match unshare(CloneFlags::CLONE_NEWNET) {
            // A kernel without network namespaces; the service's own sandbox still holds.
            Ok(()) | Err(nix::errno::Errno::EINVAL) => {}
            Err(error) => return Err(error.into()),
        }
    }
    set_prctl(libc::PR_SET_NO_NEW_PRIVS, 1)?;
    set_prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL as libc::c_ulong)?;
    keep_only(if privileged { 1 << CAP_SYS_ADMIN } else { 0 })?;
    Ok(privileged)
}

fn capabilities() -> io::Result<[CapabilitySet; 2]> {
    let mut header = CapabilityHeader { version: CAPABILITY_VERSION_3, pid: 0 };
    let mut sets = [CapabilitySet::default(); 2];
    // SAFETY: both pointers are to live values of the layout that version 3 of the call defines (two sets).
    let result = unsafe { libc::syscall(libc::SYS_capget, &raw mut header, sets.as_mut_ptr()) };
    if result == 0 { Ok(sets) } else { Err(io::Error::last_os_error()) }
}

fn keep_only(mask: u32) -> io::Result<()> {
    let mut header = CapabilityHeader { version: CAPABILITY_VERSION_3, pid: 0 };
    let sets = [CapabilitySet { effective: mask, permitted: mask, inheritable: 0 }, CapabilitySet::default()];
    // SAFETY: as in `capabilities`; the kernel only reads the sets.
    let result = unsafe { libc::syscall(libc::SYS_capset, &raw mut header, sets.as_ptr()) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn set_prctl(option: libc::c_int, argument: libc::c_ulong) -> io::Result<()> {
    // SAFETY: both options used here take plain numbers; the unused arguments must be zero.
    let result =
        unsafe { libc::prctl(option, argument, 0 as libc::c_ulong, 0 as libc::c_ulong, 0 as libc::c_ulong) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
