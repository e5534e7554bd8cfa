//! The client's side of the negotiation.

use std::net::{IpAddr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use super::gcm;

/// What the client wants of the stream.
#[derive(Clone, Debug)]
pub struct Wishes {
    pub width: u32,
    pub height: u32,
    pub refresh_hz: u32,
    pub packet_size: usize,
    pub kbps: u32,
    pub encryption: u32,
    /// Flags from before those, of which one asks for sealed sound too.
    pub old_flags: u32,
    /// Channels of sound.
    pub channels: u32,
    /// Whether surround sound is to be good.
    pub high_quality: bool,
    /// What a packet of sound lasts.
    pub packet_ms: u32,
    /// Packets that are lost on their way, per cent.
    pub loss_percent: u32,
    /// Packets that change places with the next, per cent.
    pub reorder_percent: u32,
    /// Whether it tells the host how blocks arrived.
    pub reports_loss: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            width: 640,
            height: 360,
            refresh_hz: 30,
            packet_size: 1024,
            kbps: 5_000,
            encryption: 7,
            old_flags: 167,
            channels: 2,
            high_quality: false,
            packet_ms: 5,
            loss_percent: 0,
            reorder_percent: 0,
            reports_loss: true,
        }
    }
}

/// What was agreed.
#[derive(Clone, Debug)]
pub struct Session {
    pub video_port: u16,
    pub control_port: u16,
    pub audio_port: u16,
    pub ping_secret: String,
    pub connect_data: u32,
    pub description: String,
}

/// A response.
pub struct Reply {
    pub status: u16,
    pub text: String,
}

impl Reply {
    /// A header by its exact spelling.
    fn header(&self, name: &str) -> Result<&str, String> {
        let found = self.text.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found.ok_or_else(|| format!("no {name} in {}", self.text))
    }

    fn port(&self) -> Result<u16, String> {
        let transport = self.header("Transport")?;
        transport
            .strip_prefix("server_port=")
            .and_then(|port| port.parse().ok())
            .ok_or_else(|| transport.to_owned())
    }
}

/// Sends one message over a connection of its own, in small pieces, and reads until the host closes: encrypted under `key`, or plain
/// without one.
pub async fn ask(
    from: IpAddr,
    host: SocketAddr,
    key: impl Into<Option<[u8; 16]>>,
    sequence: u32,
    request: &str,
) -> Result<Reply, String> {
    let key = key.into();
    let message = match key {
        Some(key) => sealed(&key, sequence, request),
        None => request.as_bytes().to_vec(),
    };
    let socket = if from.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
    let socket = socket.map_err(|error| error.to_string())?;
    socket.bind(SocketAddr::new(from, 0)).map_err(|error| error.to_string())?;
    let mut stream = socket.connect(host).await.map_err(|error| error.to_string())?;
    for piece in message.chunks(536) {
        stream.write_all(piece).await.map_err(|error| error.to_string())?;
    }
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.map_err(|error| error.to_string())?;
    if answer.is_empty() {
        return Err("the host closed without a word".to_owned());
    }
    let plain = match key {
        Some(key) => opened(&key, &answer)?,
        None => answer,
    };
    let text = String::from_utf8(plain).map_err(|error| error.to_string())?;
    let status =
        text.strip_prefix("RTSP/1.0 ").and_then(|rest| rest.get(..3)).and_then(|code| code.parse().ok());
    Ok(Reply { status: status.ok_or("no status")?, text })
}

fn sealed(key: &[u8; 16], sequence: u32, request: &str) -> Vec<u8> {
    let (tag, sealed) = gcm::seal(key, gcm::nonce(sequence, b"CR"), request.as_bytes());
    let length = 1 << 31 | request.len() as u32;
    [&length.to_be_bytes()[..], &sequence.to_be_bytes(), &tag, &sealed].concat()
}

fn opened(key: &[u8; 16], answer: &[u8]) -> Result<Vec<u8>, String> {
    let (head, sealed) = answer.split_at_checked(24).ok_or("an answer without an envelope")?;
    let word = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().expect("4 bytes"));
    assert_eq!(sealed.len(), (word(0) & 0x7fff_ffff) as usize, "the client rejects other lengths");
    gcm::open(key, gcm::nonce(word(4), b"HR"), &head[8..], sealed).ok_or_else(|| "a false tag".to_owned())
}

/// The whole negotiation, encrypted under `key`, or plain without one.
pub async fn negotiate(
    from: IpAddr,
    host: SocketAddr,
    key: impl Into<Option<[u8; 16]>>,
    wishes: &Wishes,
) -> Result<Session, String> {
    let (key, mut sequence) = (key.into(), 0);
    let mut exchange = async |line: String, body: &str| {
        sequence += 1;
        let length =
            if body.is_empty() { String::new() } else { format!("Content-length: {}\r\n", body.len()) };
        let request = format!(
            "{line} RTSP/1.0\r\nCSeq: {sequence}\r\nX-GS-ClientVersion: 14\r\nHost: 127.0.0.1\r\n{length}\r\n{body}"
        );
        let reply = ask(from, host, key, sequence, &request).await?;
        if reply.status == 200 { Ok(reply) } else { Err(format!("{line}: {}", reply.text)) }
    };
    let scheme = if key.is_some() { "rtspenc" } else { "rtsp" };
    exchange(format!("OPTIONS {scheme}://{host}"), "").await?;
    let description = exchange(format!("DESCRIBE {scheme}://{host}"), "").await?.text;
    let audio = exchange("SETUP streamid=audio/0/0".to_owned(), "").await?;
    let video = exchange("SETUP streamid=video/0/0".to_owned(), "").await?;
    let control = exchange("SETUP streamid=control/13/0".to_owned(), "").await?;
    let session = Session {
        video_port: video.port()?,
        control_port: control.port()?,
        audio_port: audio.port()?,
        ping_secret: video.header("X-SS-Ping-Payload")?.to_owned(),
        connect_data: control.header("X-SS-Connect-Data")?.parse().map_err(|_| "connect data")?,
        description,
    };
    assert_eq!(session.ping_secret.len(), 16, "the client takes exactly 16 characters");
    exchange("ANNOUNCE streamid=control/13/0".to_owned(), &announcement(wishes)).await?;
    exchange("PLAY /".to_owned(), "").await?;
    Ok(session)
}

fn announcement(wishes: &Wishes) -> String {
    let lines: String = [
        ("x-ml-general.featureFlags", 3),
        ("x-ss-general.encryptionEnabled", wishes.encryption),
        ("x-ss-video[0].chromaSamplingType", 0),
        ("x-nv-video[0].clientViewportWd", wishes.width),
        ("x-nv-video[0].clientViewportHt", wishes.height),
        ("x-nv-video[0].maxFPS", wishes.refresh_hz),
        ("x-nv-video[0].packetSize", wishes.packet_size as u32),
        ("x-nv-video[0].initialBitrateKbps", wishes.kbps * 4 / 5),
        ("x-ml-video.configuredBitrateKbps", wishes.kbps),
        ("x-nv-vqos[0].fec.minRequiredFecPackets", 2),
        ("x-nv-general.featureFlags", wishes.old_flags),
        ("x-nv-general.useReliableUdp", 13),
        ("x-nv-video[0].videoEncoderSlicesPerFrame", 1),
        ("x-nv-vqos[0].bitStreamFormat", 0),
        ("x-nv-video[0].dynamicRangeMode", 0),
        ("x-nv-audio.surround.numChannels", wishes.channels),
        ("x-nv-audio.surround.AudioQuality", wishes.high_quality.into()),
        ("x-nv-aqos.packetDuration", wishes.packet_ms),
    ]
    .iter()
    .map(|(name, value)| format!("a={name}:{value} \r\n"))
    .collect();
    format!(
        "v=0\r\no=android 0 14 IN IPv4 127.0.0.1\r\ns=NVIDIA Streaming Client\r\n{lines}t=0 0\r\nm=video 47998  \r\n"
    )
}
