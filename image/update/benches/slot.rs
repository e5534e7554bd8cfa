//! What an update of a slot of one GiB costs in which a twentieth is new, held against the bounds that
//! `docs/architecture.md` promises: the real program, on a disk that is a file, from a web server on this machine. It
//! writes about 4 GiB below the folder for temporary files.
//!
//! Over a bound is printed and is no failure; with `--strict` it is one.

#![allow(clippy::print_stdout, reason = "the figures are what it is for")]

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/update/support/mod.rs"]
mod support;

use std::process::ExitCode;

use support::MIB;
use support::cost::{MOST_MIB, MOST_PERCENT, of_a_slot};

fn main() -> ExitCode {
    let has = |flag: &str| std::env::args().any(|argument| argument == flag);
    let mib = if has("--bench") { 1024 } else { 64 };
    let cost = of_a_slot(mib * MIB);
    println!("a slot of {mib} MiB, a twentieth of it new");
    let mut over = false;
    for (what, measured, bound, unit) in [
        ("update client, resident", cost.resident, MOST_MIB, "MiB"),
        ("fetched of the slot", cost.fetched, MOST_PERCENT, "%"),
    ] {
        let verdict = if measured < bound { "ok" } else { "OVER" };
        over |= measured >= bound;
        println!("{what:34} {measured:9.1} {bound:9.0}  {verdict:4}  {unit}");
    }
    if over && has("--strict") { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
