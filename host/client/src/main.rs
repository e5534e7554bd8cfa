//! `punktfunk-client`: streams from a punktfunk host on the command line.
#![forbid(unsafe_code)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
