//! Has the host built anew whenever the web console was.
#![allow(clippy::print_stdout, reason = "this is how Cargo is spoken to")]

fn main() {
    let console = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/dist");
    // Cargo can watch a folder only while there is one; an empty one means a host without a console
    let _ = std::fs::create_dir_all(console);
    println!("cargo:rerun-if-changed={console}");
}
