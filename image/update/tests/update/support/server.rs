//! A static web server with the faults of real ones.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What a server does wrong, and what it has sent.
#[derive(Default)]
pub(crate) struct Behaviour {
    /// Bytes of bodies that were sent.
    pub(crate) sent: AtomicU64,
    /// Requests that were answered.
    pub(crate) requests: AtomicU64,
    /// It does not know ranges.
    pub(crate) without_ranges: AtomicBool,
    /// After so many bytes of bodies in all, every answer breaks off; 0 for never.
    pub(crate) breaks_after: AtomicU64,
    /// After so many bytes of one body, the answer breaks off; 0 for never.
    pub(crate) breaks_each_after: AtomicU64,
}

/// A running server; it ends with the test's process.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) behaviour: Arc<Behaviour>,
}

impl Server {
    pub(crate) fn new(directory: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let behaviour = Arc::new(Behaviour::default());
        let (directory, shared) = (directory.to_owned(), behaviour.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (directory, behaviour) = (directory.clone(), shared.clone());
                std::thread::spawn(move || serve(&stream, &directory, &behaviour));
            }
        });
        Self { address, behaviour }
    }

    pub(crate) fn sent(&self) -> u64 {
        self.behaviour.sent.load(Ordering::Relaxed)
    }
}

fn serve(stream: &TcpStream, directory: &Path, behaviour: &Behaviour) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (path, range) = request(&mut reader, directory)?;
        behaviour.requests.fetch_add(1, Ordering::Relaxed);
        answer(stream, &path, range, behaviour)?;
    }
}

fn request(reader: &mut BufReader<&TcpStream>, directory: &Path) -> Option<(PathBuf, Option<(u64, u64)>)> {
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let path = directory.join(first.split(' ').nth(1)?.trim_start_matches('/'));
    let mut range = None;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            return Some((path, range));
        }
        if let Some(bytes) = line.strip_prefix("range: bytes=") {
            let (from, to) = bytes.split_once('-')?;
            range = Some((from.parse().ok()?, to.parse().ok()?));
        }
    }
}

fn answer(
    mut stream: &TcpStream,
    path: &Path,
    range: Option<(u64, u64)>,
    behaviour: &Behaviour,
) -> Option<()> {
    let Ok(mut file) = File::open(path) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").ok();
    };
    let size = file.metadata().ok()?.len();
    let range = range.filter(|_| !behaviour.without_ranges.load(Ordering::Relaxed));
    let (from, length) = match range {
        Some((from, to)) => {
            let to = to.min(size - 1);
            let length = to + 1 - from;
            let head = format!(
                "HTTP/1.1 206 Partial\r\ncontent-range: bytes {from}-{to}/{size}\r\ncontent-length: {length}\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).ok()?;
            (from, length)
        }
        None => {
            stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n").as_bytes()).ok()?;
            (0, size)
        }
    };
    file.seek(SeekFrom::Start(from)).ok()?;
    let (mut left, mut buffer) = (length, [0; 16 * 1024]);
    while left > 0 {
        let piece = (&file).take(left).read(&mut buffer).ok()?;
        stream.write_all(&buffer[..piece]).ok()?;
        left -= piece as u64;
        let sent = behaviour.sent.fetch_add(piece as u64, Ordering::Relaxed) + piece as u64;
        let reached = |limit: &AtomicU64, bytes: u64| (1..=bytes).contains(&limit.load(Ordering::Relaxed));
        if reached(&behaviour.breaks_after, sent) || reached(&behaviour.breaks_each_after, length - left) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
            return None;
        }
    }
    Some(())
}
