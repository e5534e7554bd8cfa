//! Connections whose message is on its way. Clients open one for each message; one that dawdles holds up no other.

use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use super::envelope::Length;
use super::scheme::Scheme;

/// Connections at once; the oldest goes when there is one more.
const MOST: usize = 16;
/// How long a message may take to arrive.
const ONE_MESSAGE: Duration = Duration::from_secs(5);

type Whole = (TcpStream, Vec<u8>);

/// The connections of one session that have not said all yet.
#[derive(Debug)]
pub(crate) struct Arriving {
    scheme: Scheme,
    reading: JoinSet<Option<Whole>>,
    order: VecDeque<AbortHandle>,
}

impl Arriving {
    pub(crate) fn new(scheme: Scheme) -> Self {
        Self { scheme, reading: JoinSet::new(), order: VecDeque::new() }
    }

    /// Reads from one more.
    pub(crate) fn add(&mut self, connection: TcpStream) {
        self.order.retain(|one| !one.is_finished());
        if self.order.len() >= MOST
            && let Some(oldest) = self.order.pop_front()
        {
            oldest.abort();
        }
        let scheme = self.scheme;
        self.order.push_back(self.reading.spawn(async move {
            let whole = timeout(ONE_MESSAGE, read(connection, scheme)).await;
            whole.ok().flatten()
        }));
    }

    /// The next whole message, still in its envelope, and where it came from. Probes that close without a word, and junk, are
    /// none.
    pub(crate) async fn next(&mut self) -> Whole {
        while let Some(read) = self.reading.join_next().await {
            if let Ok(Some(whole)) = read {
                return whole;
            }
        }
        pending().await
    }
}

async fn read(mut connection: TcpStream, scheme: Scheme) -> Option<Whole> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 2048];
        let count = connection.read(&mut piece).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        match scheme.length_of(&bytes) {
            Length::Incomplete => {}
            Length::Whole => return Some((connection, bytes)),
            Length::Refused => return None,
        }
    }
}
