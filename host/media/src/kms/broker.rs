//! The screen broker: answers for what is on the screens, with descriptors of the buffers themselves.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::cards::Cards;
use super::protocol::{MAX_MESSAGE, Reply, Request, Status, StatusCode};
use super::watch::Watch;
use super::{confine, socket};

/// How many clients are served at once: the host, a probe, and room for a restart of either.
const MAX_CLIENTS: usize = 4;

/// A broker that is ready to serve.
pub struct Broker {
    listener: OwnedFd,
    users: Vec<u32>,
    cards: Arc<Cards>,
    clients: Arc<AtomicUsize>,
    privileged: bool,
}

impl Broker {
    /// Takes the socket from the service manager, or else makes one at `path`; then gives up the network and every
    /// capability but `CAP_SYS_ADMIN`. Must be called while the process has one thread.
    ///
    /// `users` are the user ids that may connect, beside root and the broker's own.
    ///
    /// # Errors
    /// When there is neither socket nor path, or the socket cannot be had, or the process cannot be confined.
    pub fn start(path: Option<&Path>, users: &[u32]) -> io::Result<Self> {
        let listener = match (socket::inherited(), path) {
            (Some(listener), _) => listener?,
            // Whom the file lets in is sorted out by the kernel's word on who connects.
            (None, Some(path)) => socket::listen(path, if users.is_empty() { 0o600 } else { 0o666 })?,
            (None, None) => return Err(io::Error::new(io::ErrorKind::InvalidInput, "no socket was given")),
        };
        let users = users.iter().copied().chain([0, nix::unistd::geteuid().as_raw()]).collect();
        let privileged = confine::confine()?;
        Ok(Self { listener, users, cards: Arc::default(), clients: Arc::default(), privileged })
    }

    /// Whether this process holds `CAP_SYS_ADMIN`. Without it the kernel shows no pictures.
    #[must_use]
    pub fn is_privileged(&self) -> bool {
        self.privileged
    }

    /// Serves clients for ever.
    ///
    /// # Errors
    /// When the listening socket fails.
    pub fn serve(&self) -> io::Result<()> {
        loop {
            match socket::accept(&self.listener) {
                Ok(client) => self.welcome(client),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn welcome(&self, client: OwnedFd) {
        if !socket::peer_user(&client).is_ok_and(|user| self.users.contains(&user)) {
            return;
        }
        let place = Place::take(&self.clients, &self.cards);
        if place.number > MAX_CLIENTS {
            let busy = Reply::Status(Status::new(StatusCode::Busy, MAX_CLIENTS.to_string()));
            let _ = socket::send(&client, &busy.encode(), &[]);
            return;
        }
        // A thread that cannot be made drops the connection, and the client comes again.
        let _ =
            std::thread::Builder::new().name("client".into()).spawn(move || attend(&client, &place.cards));
    }
}

/// Answers one client until it leaves or breaks the rules.
fn attend(client: &OwnedFd, cards: &Cards) {
    let mut watch = Watch::default();
    while let Ok(Some(request)) = socket::receive_bytes(client) {
        let (reply, buffers) = match Request::decode(&request) {
            Ok(Request::List) => (cards.outputs().map_or_else(Reply::Status, Reply::Outputs), Vec::new()),
            Ok(Request::Next { output, wait, repeat }) => watch.next(cards, &output, wait, repeat),
            Err(_) => (Reply::Status(Status::new(StatusCode::BadRequest, "")), Vec::new()),
        };
        let bytes = reply.encode();
        debug_assert!(bytes.len() <= MAX_MESSAGE, "every reply fits into a message");
        let buffers: Vec<_> = buffers.iter().map(AsFd::as_fd).collect();
        if socket::send(client, &bytes, &buffers).is_err() {
            return;
        }
    }
}

/// A client's place among those served; the last one to leave closes the cards.
struct Place {
    clients: Arc<AtomicUsize>,
    cards: Arc<Cards>,
    number: usize,
}

impl Place {
    fn take(clients: &Arc<AtomicUsize>, cards: &Arc<Cards>) -> Self {
        let number = clients.fetch_add(1, Ordering::AcqRel) + 1;
        Self { clients: Arc::clone(clients), cards: Arc::clone(cards), number }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.clients.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.cards.close();
        }
    }
}
