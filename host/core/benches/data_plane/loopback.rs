use std::io::IoSliceMut;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

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

pub(crate) fn pair() -> (Sending, Receiving) {
    let socket = || {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let state = UdpSocketState::new((&socket).into()).unwrap();
        state.set_recv_buffer_size((&socket).into(), 2 << 20).unwrap();
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
            let mut meta = [RecvMeta::default()];
            let mut buffers = [IoSliceMut::new(&mut self.buffer)];
            self.state.recv((&self.socket).into(), &mut buffers, &mut meta).unwrap();
            let [RecvMeta { len, stride, .. }] = meta;
            each(&mut self.buffer[..len], stride);
            left -= len;
        }
    }
}
