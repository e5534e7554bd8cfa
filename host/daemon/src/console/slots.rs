//! How many connections the console has at once. Whoever hogs his share takes nothing from the others, and nobody who has
//! shown a right loses his place.

mod places;

use std::future::{Ready, ready};
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::os::fd::AsFd as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::caller::{Caller, is_operator};
use crate::owner::Neighbour;
use places::{Place, Places};

/// Connections from this machine over HTTPS, and over the control socket those of root and the host's own user.
const FROM_HERE: usize = 64;
/// Connections over the control socket of users who may do nothing but be told so.
const FROM_STRANGERS: usize = 8;
/// The pause after a connection that could not be accepted, so that running out of descriptors is no busy loop.
const BREATHER: Duration = Duration::from_millis(50);

/// Lets connections over HTTPS in while there are free slots; the others are closed at once.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    inside: Arc<Semaphore>,
    network: Places,
}

/// A connection's place.
#[derive(Debug)]
enum Slot {
    Here { _permit: OwnedSemaphorePermit },
    Network { _place: Place },
}

impl Slots {
    /// All of them, free.
    pub(super) fn new() -> Self {
        Self { inside: Arc::new(Semaphore::new(FROM_HERE)), network: Places::default() }
    }

    /// The connection from `peer` has shown a right: it keeps its place.
    pub(super) fn keep(&self, peer: SocketAddr) {
        self.network.keep(peer);
    }

    fn take(&self, stream: &TcpStream) -> io::Result<Slot> {
        let full = || io::Error::new(io::ErrorKind::ConnectionRefused, "too many connections");
        let peer = stream.peer_addr()?;
        if Neighbour::from(peer.ip()).is_loopback() {
            return permit(&self.inside).ok_or_else(full);
        }
        // a second handle on the socket, to hang up by
        let line = stream.as_fd().try_clone_to_owned()?;
        let place = self.network.take(peer, line.into()).ok_or_else(full)?;
        Ok(Slot::Network { _place: place })
    }
}

fn permit(slots: &Arc<Semaphore>) -> Option<Slot> {
    Some(Slot::Here { _permit: Arc::clone(slots).try_acquire_owned().ok()? })
}

impl<S> Accept<TcpStream, S> for Slots {
    type Stream = Held<TcpStream>;
    type Service = S;
    type Future = Ready<io::Result<(Held<TcpStream>, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(self.take(&stream).map(|slot| (Held { stream, _slot: slot }, service)))
    }
}

/// The control socket, with who is at its other end.
#[derive(Debug)]
pub(super) struct ControlSocket {
    listener: UnixListener,
    operators: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

impl ControlSocket {
    /// Accepts from `listener`.
    pub(super) fn new(listener: UnixListener) -> Self {
        Self {
            listener,
            operators: Arc::new(Semaphore::new(FROM_HERE)),
            strangers: Arc::new(Semaphore::new(FROM_STRANGERS)),
        }
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
            let slots = if uid.is_some_and(is_operator) { &self.operators } else { &self.strangers };
            if let Some(slot) = permit(slots) {
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
