//! One entry per decoder of this door that faces a peer. Each takes any bytes; what it checks is that nothing panics, and
//! that whatever was understood lies within its bounds.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::OnceLock;

use rusty_enet::{EventNoRef, MTU_MAX, PacketReceived, Socket, SocketOptions};

use crate::certificate::{ClientCertificate, HostCertificate};
use crate::control::enet::{host_on, may_pass};
use crate::control::envelope::{MAX_MESSAGE_BYTES, Opening, Sealing, Sender};
use crate::control::message::ClientMessage;
use crate::crypto::SessionKey;
use crate::house::Encryption;
use crate::input::InputEvent;
use crate::pairing::{Draw, Keyed, salt};
use crate::query::Query;
use crate::rtsp::announce::Announced;
use crate::rtsp::{Length, Offer, Request, RtspSeal, Scheme, Step, Talk, length_of};
use crate::socket::is_ping;

/// A name and what it drives.
pub type Target = (&'static str, fn(&[u8]));

/// All entries.
pub const TARGETS: &[Target] = &[
    ("enet", enet),
    ("control_envelope", control_envelope),
    ("control_message", control_message),
    ("input", input),
    ("rtsp_envelope", rtsp_envelope),
    ("rtsp_message", rtsp_message),
    ("rtsp_plain", rtsp_plain),
    ("announce", announce),
    ("query", query),
    ("certificate", certificate),
    ("pairing", pairing),
    ("ping", ping),
];

/// What the control connection of the targets must carry.
pub const SECRET: u32 = 77;
const PING: &[u8; 16] = b"0123456789abcdef";
const HERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9);

fn key() -> SessionKey {
    SessionKey::new([7; 16])
}

/// A request to connect, as the session's client sends it.
#[must_use]
pub fn connect() -> Vec<u8> {
    let head = [0x8f, 0xff, 0, 1, 0x82, 0xff, 0, 1, 0, 0, 0xff, 0xff];
    let words = [900, 65_536, 0x30, 0, 0, 5_000, 2, 2, 0x0bad_cafe, SECRET];
    head.into_iter().chain(words.into_iter().flat_map(u32::to_be_bytes)).collect()
}

/// Datagrams of the control connection, of strangers and of a peer that has connected; the first byte of each is its length.
pub fn enet(bytes: &[u8]) {
    let mut arriving = VecDeque::from([connect()]);
    for piece in pieces(bytes) {
        arriving.push_back(piece.to_vec());
        arriving.push_back([&[0x80, 0, 0, 0][..], piece].concat());
    }
    arriving.retain(|datagram| may_pass(datagram, SECRET));
    let Ok(mut host) = host_on(Arriving(arriving)) else { return };
    while let Ok(Some(event)) = host.service() {
        if let EventNoRef::Receive { packet, .. } = event.no_ref() {
            assert!(packet.data().len() <= MAX_MESSAGE_BYTES);
        }
    }
}

/// An envelope from the control connection; and what is in one that its client sealed.
pub fn control_envelope(bytes: &[u8]) {
    let mut opening = Opening::new(&key(), Sender::Client);
    assert!(opening.open(bytes).is_err(), "nobody can make one without the key");
    if let Some(sealed) = Sealing::new(&key(), Sender::Client).seal(0x0206, bytes) {
        let opened = opening.open(&sealed);
        assert_eq!(opened.is_ok(), sealed.len() <= MAX_MESSAGE_BYTES);
        assert!(opening.open(&sealed).is_err(), "each is good once");
    }
}

/// What was in an envelope: two bytes of its kind, then the payload.
pub fn control_message(bytes: &[u8]) {
    let Some((kind, payload)) = bytes.split_first_chunk::<2>() else { return };
    let _ = ClientMessage::decode(u16::from_le_bytes(*kind), payload);
    for kind in [0x0302, 0x0206, 0x0301, 0x5502] {
        let _ = ClientMessage::decode(kind, payload);
    }
}

/// An input packet.
pub fn input(bytes: &[u8]) {
    match InputEvent::decode(bytes) {
        Some(InputEvent::Pad(state)) => assert!(state.pad < crate::MAX_PADS),
        Some(InputEvent::PadArrived { pad, .. } | InputEvent::PadMotion { pad, .. }) => {
            assert!(pad < crate::MAX_PADS);
        }
        Some(InputEvent::MouseButton { button, .. }) => assert!((1..=5).contains(&button)),
        _ => {}
    }
}

/// What comes over a connection for RTSP, piece by piece.
pub fn rtsp_envelope(bytes: &[u8]) {
    let mut seal = RtspSeal::new(&key());
    let mut so_far = Vec::new();
    for piece in pieces(bytes) {
        so_far.extend_from_slice(piece);
        assert_eq!(seal.open(&so_far), None, "nobody can make one without the key");
        if length_of(&so_far) != Length::Incomplete {
            break;
        }
    }
}

/// What comes over a connection of a session that negotiates in plain.
pub fn rtsp_plain(bytes: &[u8]) {
    let mut so_far = Vec::new();
    for piece in pieces(bytes) {
        so_far.extend_from_slice(piece);
        match Scheme::Plain.length_of(&so_far) {
            Length::Incomplete => {}
            Length::Whole => return rtsp_message(&so_far),
            Length::Refused => return,
        }
    }
}

/// An RTSP message that has been opened, and the answer to it.
pub fn rtsp_message(bytes: &[u8]) {
    let Ok(request) = Request::parse(bytes) else { return };
    let offer = Offer {
        hevc: true,
        touch: true,
        encryption: Encryption::Required,
        video_port: 1,
        control_port: 2,
        audio_port: 3,
        ping_secret: *PING,
        connect_data: SECRET,
    };
    if let Step::Answer(response) | Step::Play(response) = Talk::new(offer).hear(&request) {
        let text = response.encode();
        assert!(text.starts_with("RTSP/1.0 ") && text.contains("\r\nCSeq: "));
    }
}

/// The body of an announcement.
pub fn announce(bytes: &[u8]) {
    for required in [false, true] {
        let Ok(wish) = Announced::parse(&String::from_utf8_lossy(bytes), required) else { continue };
        assert!(wish.video_encrypted || !required);
        assert!((64..=8192).contains(&wish.width) && (64..=8192).contains(&wish.height));
        assert!((1..=480).contains(&wish.refresh_hz) && wish.wire_kbps <= 1_000_000);
        assert!((256..=1392).contains(&wish.packet_size) && wish.packet_size.is_multiple_of(16));
    }
}

/// The query of a request over HTTP or HTTPS.
pub fn query(bytes: &[u8]) {
    let query = Query::parse(Some(&String::from_utf8_lossy(bytes)));
    let _ = query.get("uniqueid");
    let _ = query.number::<i32>("rikeyid");
    let _ = query.bytes("rikey");
}

/// A client's certificate, as pairing carries it and as it is.
pub fn certificate(bytes: &[u8]) {
    let _ = ClientCertificate::from_hex_pem(&String::from_utf8_lossy(bytes));
    let _ = ClientCertificate::from_hex_pem(&hex::encode(bytes));
    let _ = salt(&String::from_utf8_lossy(bytes));
}

/// What a client says in the phases of pairing; the first byte of each is its length, and a second piece belongs to the first
/// if that says 255.
pub fn pairing(bytes: &[u8]) {
    static HOST: OnceLock<Option<HostCertificate>> = OnceLock::new();
    let host = HOST.get_or_init(|| HostCertificate::generate().ok().map(|(host, _)| host));
    let Some(host) = host else { return };
    let Some(client) = ClientCertificate::from_hex_pem(&hex::encode(host.pem())) else { return };
    let mut said = pieces(bytes).map(<[u8]>::to_vec);
    let mut next = || {
        let mut piece = said.next().unwrap_or_default();
        if piece.len() == 255 {
            piece.extend(said.next().unwrap_or_default());
        }
        piece
    };
    let draw = Draw { secret: [1; 16], challenge: [2; 16] };
    let Ok((challenged, _)) = Keyed::new(client, &[3; 16], "1234").challenge(host, draw, &next()) else {
        return;
    };
    let Ok((answered, _)) = challenged.answer(host, &next()) else { return };
    assert!(answered.prove(&next()).is_err(), "nobody knows the PIN by chance");
}

/// A datagram on the video or audio port.
pub fn ping(bytes: &[u8]) {
    assert!(!is_ping(bytes, PING) || bytes.starts_with(PING));
    let genuine = [&PING[..], bytes].concat();
    assert_eq!(is_ping(&genuine, PING), genuine.len().is_multiple_of(20));
}

/// A socket whose datagrams have all arrived.
struct Arriving(VecDeque<Vec<u8>>);

impl Socket for Arriving {
    type Address = SocketAddr;
    type Error = io::Error;

    fn init(&mut self, _: SocketOptions) -> io::Result<()> {
        Ok(())
    }

    fn send(&mut self, _: SocketAddr, buffer: &[u8]) -> io::Result<usize> {
        Ok(buffer.len())
    }

    fn receive(&mut self, buffer: &mut [u8; MTU_MAX]) -> io::Result<Option<(SocketAddr, PacketReceived)>> {
        Ok(self.0.pop_front().map(|datagram| {
            let length = datagram.len().min(MTU_MAX);
            buffer[..length].copy_from_slice(&datagram[..length]);
            (HERE, PacketReceived::Complete(length))
        }))
    }
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
