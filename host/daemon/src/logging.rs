//! Logs go to standard error; results own standard output.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// What is logged unless `--log` or `PUNKTFUNK_LOG` says otherwise.
pub const DEFAULT_FILTER: &str = "info,mdns_sd=error,quinn=error";

/// The filter given could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the log filter {filter:?} cannot be read: {source}; write it like `info` or `punktfunk_host=debug`")]
pub struct BadFilter {
    filter: String,
    source: tracing_subscriber::filter::ParseError,
}

/// Starts logging with `filter` (`info`, `punktfunk_host=debug,…`). Text that came from the network is only ever
/// logged as an escaped value, so that no device name can write to the operator's terminal.
pub fn start(filter: &str) -> Result<(), BadFilter> {
    let parsed =
        EnvFilter::try_new(filter).map_err(|source| BadFilter { filter: filter.to_owned(), source })?;
    // a second start happens only in tests that share one process
    let _ = tracing_subscriber::fmt()
        .with_env_filter(parsed)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init();
    Ok(())
}
