//! One entry per decoder that faces a peer. Each takes any bytes; what it checks is that nothing panics and
//! that whatever was understood survives being written and read again.

use crate::datagram::{ClientDatagram, HostDatagram, InputEvent};
use crate::video::{Cipher, MediaKeys, PacketHeader, Reassembler, StreamParams, VideoReceiver};
use crate::wire::{Control, FirstMessage, FrameReader, Hello, Mode, PairMessage, Start, Welcome};

/// A name and what it drives.
pub type Target = (&'static str, fn(&[u8]));

/// All entries.
pub const TARGETS: &[Target] = &[
    ("framing", framing),
    ("first_message", first_message),
    ("hello", hello),
    ("welcome", welcome),
    ("start", start),
    ("control", control),
    ("pairing", pairing),
    ("client_datagram", client_datagram),
    ("host_datagram", host_datagram),
    ("packet_header", packet_header),
    ("opened_packets", opened_packets),
    ("sealed_datagrams", sealed_datagrams),
];

/// A control stream in pieces; the first byte of each piece is its length.
pub fn framing(bytes: &[u8]) {
    let mut reader = FrameReader::with_limit(600);
    for piece in pieces(bytes) {
        if reader.push(piece).is_err() {
            return;
        }
        for payload in reader.by_ref() {
            assert!(payload.len() <= 600);
        }
        assert!(reader.buffered() <= 602 + 255);
    }
}

/// The first payload of a connection.
pub fn first_message(bytes: &[u8]) {
    let _ = FirstMessage::decode(bytes);
}

/// Hello.
pub fn hello(bytes: &[u8]) {
    if let Ok(hello) = Hello::decode(bytes) {
        assert_eq!(Hello::decode(&hello.encode()).as_ref(), Ok(&hello));
    }
}

/// Welcome, and the parameters made of it.
pub fn welcome(bytes: &[u8]) {
    if let Ok(welcome) = Welcome::decode(bytes) {
        assert_eq!(Welcome::decode(&welcome.encode()).as_ref(), Ok(&welcome));
        let _ = StreamParams::from_welcome(&welcome);
    }
}

/// Start, with its extensions.
pub fn start(bytes: &[u8]) {
    if let Ok(start) = Start::decode(bytes) {
        let _ = start.facts();
        assert_eq!(Start::decode(&start.encode()).as_ref(), Ok(&start));
    }
}

/// A message on a running control stream.
pub fn control(bytes: &[u8]) {
    if let Ok(message) = Control::decode(bytes) {
        assert_eq!(Control::decode(&message.encode()).as_ref(), Ok(&message));
    }
}

/// A pairing message.
pub fn pairing(bytes: &[u8]) {
    if let Ok(Some(message)) = PairMessage::decode(bytes) {
        let again = PairMessage::decode(&message.encode());
        assert!(again.is_ok_and(|again| again.is_some()));
    }
}

/// A datagram of a client.
pub fn client_datagram(bytes: &[u8]) {
    if let Some(ClientDatagram::Input(event)) = ClientDatagram::decode(bytes) {
        assert_eq!(InputEvent::decode(&event.encode()), Some(event));
    }
}

/// A datagram of a host.
pub fn host_datagram(bytes: &[u8]) {
    let _ = HostDatagram::decode(bytes);
}

/// A packet header alone.
pub fn packet_header(bytes: &[u8]) {
    if let Some(header) = PacketHeader::decode(bytes) {
        assert_eq!(PacketHeader::decode(&header.encode()), Some(header));
    }
}

/// Packets that were opened: what an authenticated but hostile host could send. Every piece is a header, its
/// shard is made up.
pub fn opened_packets(bytes: &[u8]) {
    let mut reassembler = Reassembler::new(params());
    let mut packet = vec![0; 40 + 9152];
    for (step, piece) in pieces(bytes).enumerate() {
        let length = piece.len().min(40);
        packet[..length].copy_from_slice(&piece[..length]);
        let size = usize::from(u16::from_le_bytes([packet[34], packet[35]])).min(9152);
        let now_ns = step as u64 * 1_000_000;
        let _ = reassembler.push(now_ns, &packet[..40 + size]);
        while reassembler.poll(now_ns).is_some() {}
        assert!(reassembler.held_bytes() <= 2 * reassembler.held_bound());
        assert!(reassembler.in_flight() <= Reassembler::WINDOW as usize);
    }
}

/// Datagrams from the socket: what anybody on the network can send.
pub fn sealed_datagrams(bytes: &[u8]) {
    let (_, opener) = keys().into_client();
    let mut receiver = VideoReceiver::new(params(), opener);
    for piece in pieces(bytes) {
        assert!(receiver.push(0, &mut piece.to_vec()).is_err());
        assert_eq!(receiver.poll(0), None);
    }
}

fn keys() -> MediaKeys {
    MediaKeys::from_random(Cipher::Aes128Gcm, [9; MediaKeys::RANDOM_BYTES])
}

fn params() -> StreamParams {
    let mode = Mode { width: 1280, height: 720, refresh_hz: 60 };
    let mut welcome = Welcome::new(1, mode, keys());
    welcome.block_shards = 64;
    welcome.bitrate_kbps = 20_000;
    StreamParams::from_welcome(&welcome).expect("these are usual parameters")
}

/// Cuts bytes into pieces of up to 255, each with its length in front.
fn pieces(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (&length, rest) = bytes.split_first()?;
        let (piece, rest) = rest.split_at(usize::from(length).min(rest.len()));
        bytes = rest;
        Some(piece)
    })
}
