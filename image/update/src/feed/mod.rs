//! Feeds: static files on a web server, or in a directory (a USB stick).

mod http;
mod pull;
mod throttle;

pub use http::Http;
pub use pull::{MAX_REQUEST, Patience, Pull};
pub use throttle::Throttle;

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::PathBuf;

/// Where files of a feed are read from.
pub trait Source {
    /// The bytes of `name` from `range.start` up to `range.end`; a source that cannot start there begins with the whole
    /// file.
    ///
    /// # Errors
    /// [`FeedError`].
    fn open(&self, name: &str, range: Option<std::ops::Range<u64>>) -> Result<Body, FeedError>;
}

/// The bytes of a file as they come.
pub struct Body {
    /// Where in the file they start.
    pub start: u64,
    /// The bytes.
    pub bytes: Box<dyn Read>,
}

/// Why a feed gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// It cannot be reached, or breaks off again and again.
    #[error("{url} cannot be fetched: {why}; what is there already is kept, so try again later")]
    Unreachable {
        /// The file.
        url: String,
        /// What went wrong last.
        why: String,
    },
    /// It is there, but answers with a refusal.
    #[error("{url} answers {status}; is `update.feed` in the policy right?")]
    Refused {
        /// The file.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// A file is longer than allowed.
    #[error("{name} is larger than {limit} bytes; tell the publisher of the feed")]
    TooLarge {
        /// The file.
        name: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A file is not what the manifest says.
    #[error(
        "{name} is not what the signed manifest promises; nothing of it was kept. Tell the publisher of the feed"
    )]
    Tampered {
        /// The file.
        name: String,
    },
    /// The address is none.
    #[error("{0:?} is neither an address that starts with https:// or http:// nor a directory")]
    BadAddress(String),
    /// This program cannot speak HTTP.
    #[error(
        "the connection cannot be prepared: {0}; are certificates of authorities installed (package ca-certificates)?"
    )]
    Unprepared(String),
}

/// The feed at `address`: an http(s) address or a directory.
///
/// # Errors
/// [`FeedError::BadAddress`] and [`FeedError::Unprepared`].
pub fn open(address: &str) -> Result<Box<dyn Source>, FeedError> {
    if address.starts_with("https://") || address.starts_with("http://") {
        return Ok(Box::new(Http::new(address)?));
    }
    let directory = PathBuf::from(address);
    if directory.is_dir() {
        Ok(Box::new(Directory(directory)))
    } else {
        Err(FeedError::BadAddress(address.to_owned()))
    }
}

/// A whole small file of at most `limit` bytes.
///
/// # Errors
/// [`FeedError`].
pub fn small(source: &dyn Source, name: &str, limit: u64) -> Result<Vec<u8>, FeedError> {
    let body = source.open(name, None)?;
    let mut bytes = Vec::new();
    let read = body.bytes.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|why| FeedError::Unreachable { url: name.to_owned(), why: why.to_string() })?;
    if bytes.len() as u64 > limit {
        return Err(FeedError::TooLarge { name: name.to_owned(), limit });
    }
    Ok(bytes)
}

/// A feed in a directory.
#[derive(Debug)]
pub struct Directory(pub PathBuf);

impl Source for Directory {
    fn open(&self, name: &str, range: Option<std::ops::Range<u64>>) -> Result<Body, FeedError> {
        let path = self.0.join(name);
        let range = range.unwrap_or(0..u64::MAX);
        let open = || -> io::Result<Box<dyn Read>> {
            let mut file = File::open(&path)?;
            file.seek(SeekFrom::Start(range.start))?;
            Ok(Box::new(file.take(range.end - range.start)))
        };
        let bytes = open().map_err(|why| FeedError::Unreachable {
            url: path.display().to_string(),
            why: why.to_string(),
        })?;
        Ok(Body { start: range.start, bytes })
    }
}
