use std::io::{ErrorKind, IoSliceMut};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::AsFd as _;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use quinn_udp::{RecvMeta, Transmit, UdpSocketState};

/// The sending one of two sockets on loopback, with segmentation offload.
pub(crate) struct Sending {
    socket: UdpSocket,
    state: UdpSocketState,
    to: SocketAddr,
}

/// The receiving one.
pub(crate) struct Receiving {
    socket: UdpSocket,
    state: UdpSocketState,
    buffer: Vec<u8>,
}

/// Both, where the receiving one may hold so many bytes that nobody has taken yet.
pub(crate) fn pair(buffer: usize) -> (Sending, Receiving) {
    let socket = || {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let state = UdpSocketState::new((&socket).into()).unwrap();
        state.set_recv_buffer_size((&socket).into(), buffer).unwrap();
        socket.set_nonblocking(true).unwrap();
        (socket, state)
    };
    let (receiver, receiver_state) = socket();
    let to = receiver.local_addr().unwrap();
    let (sender, state) = socket();
    let sending = Sending { socket: sender, state, to };
    (sending, Receiving { socket: receiver, state: receiver_state, buffer: vec![0; 1 << 16] })
}

impl Sending {
    pub(crate) fn send(&self, datagrams: &[u8], segment: usize) {
        let transmit = Transmit {
            destination: self.to,
            ecn: None,
            contents: datagrams,
            segment_size: Some(segment),
            src_ip: None,
        };
        self.state.try_send((&self.socket).into(), &transmit).unwrap();
    }
}

impl Receiving {
    /// Takes in so many bytes, which are there already.
    pub(crate) fn take(&mut self, bytes: usize, mut each: impl FnMut(&mut [u8], usize)) {
        let mut left = bytes;
        while left > 0 {
            left -= self.take_one(&mut each).unwrap();
        }
    }

    /// Takes in whatever is there.
    pub(crate) fn take_what_is_there(&mut self, mut each: impl FnMut(&mut [u8], usize)) {
        while self.take_one(&mut each).is_some() {}
    }

    /// Waits until something is there, but no longer than a tenth of a second.
    pub(crate) fn wait(&self) {
        let mut sockets = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        poll(&mut sockets, PollTimeout::from(100_u8)).unwrap();
    }

    /// The bytes of one run of datagrams, unless there is none.
    fn take_one(&mut self, each: &mut impl FnMut(&mut [u8], usize)) -> Option<usize> {
        let mut meta = [RecvMeta::default()];
        let mut buffers = [IoSliceMut::new(&mut self.buffer)];
        match self.state.recv((&self.socket).into(), &mut buffers, &mut meta) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
            outcome => outcome.unwrap(),
        };
        let [RecvMeta { len, stride, .. }] = meta;
        each(&mut self.buffer[..len], stride);
        Some(len)
    }
}
