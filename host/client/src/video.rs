//! The video plane: one native thread between the UDP socket and the queue of access units.

use std::io::{self, IoSliceMut};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::EventFd;
use punktfunk_core::video::{PUNCH, PunchSchedule, VideoReceiver};
use quinn_udp::{RecvMeta, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};

use crate::handshake::nanoseconds;
use crate::session::Session;

/// Asked of the kernel for bursts; it may grant less.
const RECEIVE_BUFFER: usize = 4 << 20;
/// Datagrams, or coalesced runs of them, taken in one call.
const BATCH: usize = 8;
/// Room for one coalesced run.
const RUN_BYTES: usize = 64 * 1024;

/// A socket that has its port already, so that the port in Start is really ours.
pub(crate) struct VideoSocket {
    socket: Socket,
    state: UdpSocketState,
    port: u16,
}

impl VideoSocket {
    /// Binds an ephemeral port of the family in which the host was dialled.
    pub(crate) fn bind(host: SocketAddr) -> io::Result<Self> {
        let (domain, local): (_, SocketAddr) = match host {
            SocketAddr::V4(_) => (Domain::IPV4, (Ipv4Addr::UNSPECIFIED, 0).into()),
            SocketAddr::V6(_) => (Domain::IPV6, (Ipv6Addr::UNSPECIFIED, 0).into()),
        };
        let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
        socket.bind(&local.into())?;
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        state.set_recv_buffer_size(UdpSockRef::from(&socket), RECEIVE_BUFFER)?;
        let granted = state.recv_buffer_size(UdpSockRef::from(&socket))?;
        let port = socket.local_addr()?.as_socket().map_or(0, |address| address.port());
        tracing::debug!(port, granted, "video socket");
        Ok(Self { socket, state, port })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From here on the kernel drops whatever does not come from the host.
    pub(crate) fn connect(&self, host: SocketAddr) -> io::Result<()> {
        self.socket.connect(&host.into())
    }
}

/// Receives until `stop` is written to. Never blocks in the receive call itself: that one would wait for a whole batch.
pub(crate) fn receive(socket: &VideoSocket, mut receiver: VideoReceiver, stop: &EventFd, session: &Session) {
    let started = Instant::now();
    let now_ns = || nanoseconds(started.elapsed());
    let mut punches = PunchSchedule::new(0);
    let mut memory = vec![0u8; BATCH * RUN_BYTES];
    loop {
        if punches.poll(now_ns()) {
            // One that cannot be sent is followed by another.
            let _ = socket.socket.send(PUNCH);
        }
        let due = receiver.wake_at().map_or(punches.wake_at(), |at| at.min(punches.wake_at()));
        let mut more = match wait_for(socket, stop, Duration::from_nanos(due.saturating_sub(now_ns()))) {
            Wake::Stop => return,
            Wake::Time => false,
            Wake::Datagrams => true,
        };
        loop {
            more = more
                && take_batch(socket, &mut memory, |run, segment| {
                    receiver.push_segments(now_ns(), run, segment);
                });
            while let Some(event) = receiver.poll(now_ns()) {
                session.on_video(event, receiver.stats());
            }
            if !more || punches.wake_at() <= now_ns() {
                break;
            }
        }
        session.on_video_stats(receiver.stats());
    }
}

enum Wake {
    Stop,
    Time,
    Datagrams,
}

fn wait_for(socket: &VideoSocket, stop: &EventFd, wait: Duration) -> Wake {
    let mut fds =
        [PollFd::new(socket.socket.as_fd(), PollFlags::POLLIN), PollFd::new(stop.as_fd(), PollFlags::POLLIN)];
    // Rounded up, because a wait of 0 would spin until the deadline.
    let milliseconds = u16::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(u16::MAX);
    match poll(&mut fds, PollTimeout::from(milliseconds)) {
        Ok(0) | Err(_) => Wake::Time,
        Ok(_) if fds[1].any() == Some(true) => Wake::Stop,
        Ok(_) => Wake::Datagrams,
    }
}

/// Takes what is there, at most one batch; `true` when there may be more.
fn take_batch(socket: &VideoSocket, memory: &mut [u8], mut each: impl FnMut(&mut [u8], usize)) -> bool {
    let mut meta = [RecvMeta::default(); BATCH];
    let received = {
        let mut runs = memory.chunks_exact_mut(RUN_BYTES);
        let mut buffers: [IoSliceMut<'_>; BATCH] =
            std::array::from_fn(|_| IoSliceMut::new(runs.next().unwrap_or_default()));
        socket.state.recv(UdpSockRef::from(&socket.socket), &mut buffers, &mut meta)
    };
    // Empty for now, or the host's port is not open (yet): an error report is as good as silence here.
    let Ok(received) = received else { return false };
    for (meta, run) in meta.iter().zip(memory.chunks_exact_mut(RUN_BYTES)).take(received) {
        each(&mut run[..meta.len.min(RUN_BYTES)], meta.stride);
    }
    received == BATCH
}
