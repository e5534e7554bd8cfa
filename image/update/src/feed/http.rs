use std::io::{self, Read};
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, RANGE};
use reqwest::{Client, Response, StatusCode};
use tokio::runtime::Runtime;

use super::{Body, FeedError, Source};

/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(20);
/// The longest wait for the next bytes.
const SILENCE: Duration = Duration::from_secs(30);
/// The most redirections that are followed.
const MAX_REDIRECTS: usize = 5;

/// A feed on a web server. Plain http:// is good enough: what is trusted is the signature, not the way.
pub struct Http {
    base: String,
    client: Client,
    runtime: Rc<Runtime>,
}

impl Http {
    /// Prepares to speak to the server of `address`; nothing is sent yet.
    ///
    /// # Errors
    /// [`FeedError::Unprepared`].
    pub fn new(address: &str) -> Result<Self, FeedError> {
        let unprepared = |why: String| FeedError::Unprepared(why);
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut client = Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .redirect(reqwest::redirect::Policy::limited(MAX_REDIRECTS))
            .pool_max_idle_per_host(1)
            .user_agent(concat!("punktfunk-update/", env!("CARGO_PKG_VERSION")));
        if address.starts_with("http://") {
            // no authority is asked, so that a system without their certificates can update itself too
            client = client.tls_certs_only([]);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        Ok(Self {
            base: address.trim_end_matches('/').to_owned(),
            client: client.build().map_err(|why| unprepared(root_cause(&why)))?,
            runtime: Rc::new(runtime.map_err(|why| unprepared(why.to_string()))?),
        })
    }
}

impl Source for Http {
    fn open(&self, name: &str, range: Option<Range<u64>>) -> Result<Body, FeedError> {
        let url = format!("{}/{name}", self.base);
        let mut request = self.client.get(&url).header(ACCEPT_ENCODING, "identity");
        if let Some(range) = &range {
            request = request.header(RANGE, format!("bytes={}-{}", range.start, range.end.saturating_sub(1)));
        }
        // inside, because a request wants its runtime when it is made
        let response = self.runtime.block_on(async { request.send().await });
        let response =
            response.map_err(|why| FeedError::Unreachable { url: url.clone(), why: root_cause(&why) })?;
        let start = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => {
                let why = || "it answers another range than asked for".to_owned();
                let start =
                    range_start(&response).filter(|start| range.is_some_and(|range| range.start == *start));
                start.ok_or_else(|| FeedError::Unreachable { url, why: why() })?
            }
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                return Err(FeedError::Unreachable { url, why: format!("it answers {status}") });
            }
            // the manifest knows how long the file is
            StatusCode::RANGE_NOT_SATISFIABLE => {
                return Err(FeedError::Unreachable { url, why: "it ends too early".to_owned() });
            }
            status => return Err(FeedError::Refused { url, status: status.as_u16() }),
        };
        let bytes = Arriving { response, runtime: self.runtime.clone(), piece: Vec::new(), used: 0 };
        Ok(Body { start, bytes: Box::new(bytes) })
    }
}

/// `bytes 100-199/1000` → 100.
fn range_start(response: &Response) -> Option<u64> {
    let text = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    text.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}

/// The body of an answer as something to read.
struct Arriving {
    response: Response,
    runtime: Rc<Runtime>,
    piece: Vec<u8>,
    used: usize,
}

impl Read for Arriving {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.used == self.piece.len() {
            let piece = self.runtime.block_on(self.response.chunk());
            match piece.map_err(|why| io::Error::other(root_cause(&why)))? {
                Some(piece) => (self.piece, self.used) = (piece.to_vec(), 0),
                None => return Ok(0),
            }
        }
        let length = buffer.len().min(self.piece.len() - self.used);
        buffer[..length].copy_from_slice(&self.piece[self.used..self.used + length]);
        self.used += length;
        Ok(length)
    }
}

/// The innermost reason, which says most; without the address, which is said already.
fn root_cause(why: &reqwest::Error) -> String {
    let mut root: &dyn std::error::Error = why;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}
