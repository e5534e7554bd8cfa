//! Whether somebody streams: an update waits for nobody but a viewer.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

/// The longest that the host's answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer, in bytes.
const MAX_ANSWER: usize = 1 << 20;

/// Why it is not the time for an update.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    /// Somebody watches.
    #[error("{0} streaming now; wait until nobody does, or say --now")]
    Streaming(Streams),
    /// The host does not say.
    #[error("the host does not say whether somebody streams ({0}); restart punktfunk.service, or say --now")]
    Unknown(String),
}

/// How many streams there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams(pub usize);

impl std::fmt::Display for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            1 => f.write_str("a device is"),
            n => write!(f, "{n} devices are"),
        }
    }
}

/// Says whether the box is free.
pub trait Guard {
    /// Whether nobody streams.
    ///
    /// # Errors
    /// [`GuardError`].
    fn nobody_streams(&self) -> Result<(), GuardError>;
}

/// Never minds.
#[derive(Clone, Copy, Debug)]
pub struct Now;

impl Guard for Now {
    fn nobody_streams(&self) -> Result<(), GuardError> {
        Ok(())
    }
}

/// Asks the running host over its control socket.
#[derive(Clone, Debug)]
pub struct Host {
    socket: PathBuf,
}

#[derive(Deserialize)]
struct Status {
    streams: Vec<serde::de::IgnoredAny>,
}

impl Host {
    /// The host whose control socket is this.
    pub fn new(socket: &Path) -> Self {
        Self { socket: socket.to_owned() }
    }

    fn streams(&self) -> Result<usize, String> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        // without a list of its own the client fails where the system has no certificates of authorities
        let client = reqwest::Client::builder()
            .unix_socket(self.socket.as_path())
            .tls_certs_only([])
            .timeout(PATIENCE)
            .no_proxy()
            .build()
            .map_err(|why| why.to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|why| why.to_string())?.block_on(async {
            let answer = client.get("http://localhost/api/v1/status").send().await;
            let mut answer =
                answer.and_then(reqwest::Response::error_for_status).map_err(|why| why.to_string())?;
            let mut bytes = Vec::new();
            while let Some(piece) = answer.chunk().await.map_err(|why| why.to_string())? {
                bytes.extend_from_slice(&piece);
                if bytes.len() > MAX_ANSWER {
                    return Err("its answer is too long".to_owned());
                }
            }
            let status: Status = serde_json::from_slice(&bytes).map_err(|why| why.to_string())?;
            Ok(status.streams.len())
        })
    }
}

impl Guard for Host {
    fn nobody_streams(&self) -> Result<(), GuardError> {
        // no host, no stream: a box whose host is broken must be able to update itself
        match std::os::unix::net::UnixStream::connect(&self.socket) {
            Err(why) if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
                return Ok(());
            }
            Err(why) => return Err(GuardError::Unknown(format!("{}: {why}", self.socket.display()))),
            Ok(_) => {}
        }
        match self.streams() {
            Ok(0) => Ok(()),
            Ok(streams) => Err(GuardError::Streaming(Streams(streams))),
            Err(why) => Err(GuardError::Unknown(why)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn host_that_answers(body: &'static str) -> (tempfile::TempDir, Host) {
        let place = tempfile::tempdir().unwrap();
        let socket = place.path().join("control.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if stream.read(&mut [0; 1024]).unwrap_or(0) > 0 {
                    let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                }
            }
        });
        (place, Host::new(&socket))
    }

    #[test]
    fn a_stream_is_not_disturbed() {
        let (_place, host) = host_that_answers(r#"{"name":"Box","streams":[{"name":"TV"},{"name":"Pad"}]}"#);
        assert_eq!(host.nobody_streams(), Err(GuardError::Streaming(Streams(2))));
        let (_place, host) = host_that_answers(r#"{"name":"Box","streams":[]}"#);
        assert_eq!(host.nobody_streams(), Ok(()));
    }

    #[test]
    fn without_a_host_nobody_streams() {
        assert_eq!(Host::new(Path::new("/nonexistent/control.sock")).nobody_streams(), Ok(()));
    }

    #[test]
    fn a_host_that_says_nothing_useful_is_taken_for_streaming() {
        let (_place, host) = host_that_answers("{}");
        assert!(matches!(host.nobody_streams(), Err(GuardError::Unknown(_))));
    }
}
