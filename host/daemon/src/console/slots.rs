//! How many connections the console has at once. Whoever hogs his share takes nothing from the others.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::{Ready, ready};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::caller::{Caller, is_operator};
use crate::owner::Network;

/// Connections from the network.
pub(super) const FROM_NETWORK: usize = 64;
/// Of those, connections from one source: the many that one browser opens, and not nearly all.
pub(super) const FROM_ONE_SOURCE: usize = 16;
/// Connections from this machine over HTTPS, and over the control socket those of root and the host's own user.
pub(super) const FROM_HERE: usize = 64;
/// Connections over the control socket of users who may do nothing but be told so.
pub(super) const FROM_STRANGERS: usize = 8;
/// The pause after a connection that could not be accepted, so that running out of descriptors is no busy loop.
const BREATHER: Duration = Duration::from_millis(50);

/// Lets connections in while there are free slots; the others are closed at once.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    inside: Arc<Semaphore>,
    outside: Arc<Semaphore>,
    shares: Shares,
}

/// A connection's place.
#[derive(Debug)]
struct Slot {
    _permit: OwnedSemaphorePermit,
    _share: Option<Share>,
}

/// How many connections each source has; as many sources as there are slots, at the most.
#[derive(Debug, Clone, Default)]
struct Shares(Arc<Mutex<HashMap<Network, usize>>>);

/// One connection of a source.
#[derive(Debug)]
struct Share {
    shares: Shares,
    source: Network,
}

impl Slots {
    /// The slots of HTTPS.
    pub(super) fn https() -> Self {
        Self::new(FROM_HERE, FROM_NETWORK)
    }

    fn new(inside: usize, outside: usize) -> Self {
        Self {
            inside: Arc::new(Semaphore::new(inside)),
            outside: Arc::new(Semaphore::new(outside)),
            shares: Shares::default(),
        }
    }

    /// A place for a process on this machine.
    fn take(&self, is_inside: bool) -> Option<Slot> {
        let slots = if is_inside { &self.inside } else { &self.outside };
        let permit = Arc::clone(slots).try_acquire_owned().ok()?;
        Some(Slot { _permit: permit, _share: None })
    }

    /// A place for somebody on the network, or for this machine talking to itself.
    fn take_from(&self, source: Network) -> Option<Slot> {
        if source.is_loopback() {
            return self.take(true);
        }
        let share = self.shares.take(source)?;
        Some(Slot { _share: Some(share), ..self.take(false)? })
    }
}

impl Shares {
    fn take(&self, source: Network) -> Option<Share> {
        let mut shares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = shares.entry(source).or_default();
        if *count == FROM_ONE_SOURCE {
            return None;
        }
        *count += 1;
        Some(Share { shares: self.clone(), source })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut shares = self.shares.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = shares.entry(self.source) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

impl<S> Accept<TcpStream, S> for Slots {
    type Stream = Held<TcpStream>;
    type Service = S;
    type Future = Ready<io::Result<(Held<TcpStream>, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let slot = stream.peer_addr().ok().and_then(|peer| self.take_from(peer.ip().into()));
        let full = || io::Error::new(io::ErrorKind::ConnectionRefused, "too many connections");
        ready(slot.ok_or_else(full).map(|slot| (Held { stream, _slot: slot }, service)))
    }
}

/// The control socket, with who is at its other end.
#[derive(Debug)]
pub(super) struct ControlSocket {
    listener: UnixListener,
    slots: Slots,
}

impl ControlSocket {
    /// Accepts from `listener`.
    pub(super) fn new(listener: UnixListener) -> Self {
        Self { listener, slots: Slots::new(FROM_HERE, FROM_STRANGERS) }
    }
}

impl Listener for ControlSocket {
    type Io = Held<UnixStream>;
    type Addr = Caller;

    async fn accept(&mut self) -> (Self::Io, Caller) {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else {
                tokio::time::sleep(BREATHER).await;
                continue;
            };
            let uid = stream.peer_cred().ok().map(|peer| peer.uid());
            if let Some(slot) = self.slots.take(uid.is_some_and(is_operator)) {
                return (Held { stream, _slot: slot }, Caller::Local { uid });
            }
        }
    }

    fn local_addr(&self) -> io::Result<Caller> {
        Ok(Caller::Local { uid: None })
    }
}

/// A connection and its slot.
#[derive(Debug)]
pub(super) struct Held<S> {
    stream: S,
    _slot: Slot,
}

impl<S: AsyncRead + Unpin> AsyncRead for Held<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(cx, buf)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Held<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn network(text: &str) -> Network {
        text.parse::<IpAddr>().unwrap().into()
    }

    #[test]
    fn one_neighbour_cannot_take_the_slots_of_the_others() {
        let slots = Slots::https();
        let crowd: Vec<_> = (0..100).filter_map(|_| slots.take_from(network("192.0.2.1"))).collect();
        assert_eq!(crowd.len(), FROM_ONE_SOURCE);
        let owner = slots.take_from(network("192.0.2.2")).unwrap();
        assert!(slots.take_from(network("127.0.0.1")).is_some());
        drop(crowd);
        assert!(slots.take_from(network("192.0.2.1")).is_some(), "slots come back");
        drop(owner);
        assert!(slots.shares.0.lock().unwrap().is_empty(), "and nothing is remembered");
    }

    #[test]
    fn a_crowd_from_everywhere_is_bounded() {
        let slots = Slots::https();
        let crowd: Vec<_> =
            (0..200).filter_map(|n| slots.take_from(network(&format!("192.0.2.{n}")))).collect();
        assert_eq!(crowd.len(), FROM_NETWORK);
        assert_eq!(
            slots.shares.0.lock().unwrap().len(),
            FROM_NETWORK,
            "those who got none leave nothing behind"
        );
    }
}
