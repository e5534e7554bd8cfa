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

/// What `work` logs on this thread, a line each.
#[cfg(test)]
pub(crate) fn said(work: impl FnOnce()) -> String {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let log = Arc::<Mutex<Vec<u8>>>::default();
    let written = Arc::clone(&log);
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .with_writer(move || Log(Arc::clone(&written)))
        .finish();
    tracing::subscriber::with_default(subscriber, work);
    let log = log.lock().unwrap();
    String::from_utf8_lossy(&log).into_owned()
}
