//! What the C allocator keeps of what was freed. An encoder takes and frees megabytes at a time; glibc keeps them in an
//! arena for each thread, in case they are wanted again, and a host that streams for an hour a day would carry them
//! through all the others.
#![allow(unsafe_code, reason = "the allocator's own settings have no safe wrapper")]

use std::ffi::c_int;

/// Arenas of the whole process: the threads of one stream do not have to wait for each other, and more of them only keep
/// more.
const ARENAS: c_int = 2;

/// Makes the allocator keep few arenas. For the start of a program, before there are threads. Does nothing with another
/// allocator than glibc's.
pub fn keep_few_arenas() {
    #[cfg(target_env = "gnu")]
    // SAFETY: only sets a number that the allocator reads under a lock of its own.
    unsafe {
        // a refusal leaves the default, which works too
        nix::libc::mallopt(nix::libc::M_ARENA_MAX, ARENAS);
    }
}

/// Gives freed memory back to the system, from all arenas. Takes up to some milliseconds, in which other threads may have
/// to wait for memory: for a moment at which nobody streams. Does nothing with another allocator than glibc's.
pub fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: touches only what is free, under the locks of the arenas.
    unsafe {
        nix::libc::malloc_trim(0);
    }
}
