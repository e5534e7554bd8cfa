//! The command line: words in, one session out, results on standard output and everything else on standard error.

mod args;
mod bench;
mod connect;
mod decode;
mod discover;
mod failure;
mod keys;
mod known_hosts;
mod open;
mod output;
mod pair;
mod picture;
mod place;
mod progress;
mod report;
mod sound;
mod strokes;
mod summary;
mod wave;

use std::process::ExitCode;

use clap::Parser as _;
use nix::sys::signal::{SigSet, Signal};
use punktfunk_client::CancelToken;
use tracing_subscriber::EnvFilter;

use args::{Cli, Command};

/// What is logged unless `RUST_LOG` says otherwise.
const LOG_DEFAULT: &str = "warn";

/// Runs the command of the command line; exits 0 done, 1 refused or failed, 2 bad usage.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_DEFAULT));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let stop = CancelToken::default();
    stop_on_signals(&stop);
    let json = match &cli.command {
        Command::Connect(args) => args.peer.json,
        Command::Pair(args) => args.peer.json,
        Command::Bench(args) => args.peer.json,
        Command::Discover(args) => args.json,
    };
    let outcome = match cli.command {
        Command::Connect(args) => connect::run(&args, &stop),
        Command::Bench(args) => bench::run(&args, &stop),
        Command::Pair(args) => pair::run(args),
        Command::Discover(args) => discover::run(&args),
    };
    report::report(outcome, json)
}

/// Ctrl-C and SIGTERM end a session in order, with its summary. A second one ends the process.
fn stop_on_signals(stop: &CancelToken) {
    let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM]);
    // Blocked before any other thread exists, so that every thread inherits it and only the waiting one is told.
    if signals.thread_block().is_err() {
        return;
    }
    let stop = stop.clone();
    std::thread::spawn(move || {
        let _ = signals.wait();
        stop.cancel();
        let _ = signals.wait();
        std::process::exit(130);
    });
}
