//! How many connections the console has at once. Whoever hogs his share takes nothing from the others.

use std::future::{Ready, ready};
use std::io::{self, IoSlice};
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

/// Connections from the network.
pub(super) const FROM_NETWORK: usize = 64;
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
}

impl Slots {
    /// The slots of HTTPS.
    pub(super) fn https() -> Self {
        Self::new(FROM_HERE, FROM_NETWORK)
    }

    fn new(inside: usize, outside: usize) -> Self {
        Self { inside: Arc::new(Semaphore::new(inside)), outside: Arc::new(Semaphore::new(outside)) }
    }

    fn take(&self, is_inside: bool) -> Option<OwnedSemaphorePermit> {
        let slots = if is_inside { &self.inside } else { &self.outside };
        Arc::clone(slots).try_acquire_owned().ok()
    }
}

impl<S> Accept<TcpStream, S> for Slots {
    type Stream = Held<TcpStream>;
    type Service = S;
    type Future = Ready<io::Result<(Held<TcpStream>, S)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let is_inside = stream.peer_addr().is_ok_and(|peer| peer.ip().to_canonical().is_loopback());
        let full = || io::Error::new(io::ErrorKind::ConnectionRefused, "too many connections");
        ready(self.take(is_inside).ok_or_else(full).map(|slot| (Held { stream, _slot: slot }, service)))
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
    _slot: OwnedSemaphorePermit,
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
