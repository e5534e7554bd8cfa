//! One stream, from the answer to its launch until its end: negotiation, then control, video and sound.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::audio::sender as audio;
use crate::control::thread as control;
use crate::crypto::SessionKey;
use crate::house::{Facts, Fingerprint, House, Seat, Wish};
use crate::link::Link;
use crate::rtsp::{Announced, Arriving, Carrier, Offer, PING_SECRET_BYTES, Request, Scheme, Step, Talk};
use crate::socket::StreamSocket;
use crate::video::sender as video;

/// How long a client may take for the whole negotiation.
const NEGOTIATION: Duration = Duration::from_secs(20);
/// How long until its first message.
const FIRST_WORD: Duration = Duration::from_secs(10);
/// How long nothing is accepted after a failure to do so.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);
/// How long a client may take to read its answer.
const ONE_ANSWER: Duration = Duration::from_secs(5);

/// Ports of a stream, counted from the base port; 0 takes free ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StreamPorts(pub(crate) u16);

impl StreamPorts {
    fn at(self, offset: u16) -> u16 {
        if self.0 == 0 { 0 } else { self.0.saturating_add(offset) }
    }
}

/// Who streams, and over which addresses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Party {
    pub(crate) device: Fingerprint,
    pub(crate) client: IpAddr,
    /// The host's address that the client knows.
    pub(crate) local: IpAddr,
}

/// A stream that waits for its client.
pub(crate) struct Session {
    listener: TcpListener,
    video: UdpSocket,
    control: UdpSocket,
    audio: UdpSocket,
    party: Party,
    secret: Secret,
    facts: Facts,
    secrets: Secrets,
    link: Link,
}

/// What a client brings to its launch.
#[derive(Clone)]
pub(crate) struct Secret {
    pub(crate) key: SessionKey,
    /// Gives the packets of sound their vectors.
    pub(crate) number: u32,
    /// How it negotiates.
    pub(crate) scheme: Scheme,
}

struct Secrets {
    ping: [u8; PING_SECRET_BYTES],
    connect: u32,
}

impl Secrets {
    fn draw() -> io::Result<Self> {
        let mut random = [0; PING_SECRET_BYTES / 2 + 4];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| io::Error::other("the machine has no randomness"))?;
        let (ping, connect) = random.split_at(PING_SECRET_BYTES / 2);
        let mut secrets = Self { ping: [0; PING_SECRET_BYTES], connect: 0 };
        secrets.ping.copy_from_slice(hex::encode(ping).as_bytes());
        secrets.connect = u32::from_be_bytes([connect[0], connect[1], connect[2], connect[3]]).max(1);
        Ok(secrets)
    }
}

impl Session {
    /// Opens the stream's ports. They close with it.
    pub(crate) async fn open(
        party: Party,
        secret: Secret,
        facts: Facts,
        ports: StreamPorts,
    ) -> io::Result<Self> {
        let rtsp = |port| TcpListener::bind(SocketAddr::new(party.local, port));
        let listener = match rtsp(ports.at(21)).await {
            Ok(listener) => listener,
            Err(_) => rtsp(0).await?,
        };
        Ok(Self {
            listener,
            video: punktfunk_udp::bind(party.local, ports.at(9))?,
            control: punktfunk_udp::bind(party.local, ports.at(10))?,
            audio: punktfunk_udp::bind(party.local, ports.at(11))?,
            party,
            secret,
            facts,
            secrets: Secrets::draw()?,
            link: Link::new(),
        })
    }

    /// Where the client is to negotiate.
    pub(crate) fn rtsp_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    pub(crate) fn link(&self) -> Link {
        self.link.clone()
    }

    /// Negotiates, then streams until one side ends it.
    pub(crate) async fn run(self, house: Arc<dyn House>) {
        let link = self.link.clone();
        match self.negotiate(house).await {
            Some(()) => link.over().await,
            None => link.set_over(),
        }
    }

    /// Ends with nothing unless the stream runs.
    async fn negotiate(self, house: Arc<dyn House>) -> Option<()> {
        let port = |socket: &UdpSocket| socket.local_addr().map(|address| address.port()).ok();
        let offer = Offer {
            hevc: self.facts.hevc,
            touch: self.facts.touch,
            encryption: self.facts.encryption,
            video_port: port(&self.video)?,
            control_port: port(&self.control)?,
            audio_port: port(&self.audio)?,
            ping_secret: self.secrets.ping,
            connect_data: self.secrets.connect,
        };
        let Self { listener, video, control, audio, party, secret, facts, secrets, link } = self;
        let mut talk = Talk::new(offer);
        let mut carrier = secret.scheme.carrier(&secret.key);
        let mut sockets = Some((video, control, audio));
        let mut arriving = Arriving::new(secret.scheme);
        let mut by = Instant::now() + FIRST_WORD;
        let last = Instant::now() + NEGOTIATION;
        loop {
            let (mut connection, bytes) = tokio::select! {
                whole = arriving.next() => whole,
                accepted = listener.accept() => {
                    match accepted {
                        Ok((connection, from)) if from.ip().to_canonical() == party.client.to_canonical() => {
                            arriving.add(connection);
                        }
                        Ok(_) => {}
                        // no files left, most likely: others may give some back
                        Err(_) => sleep(ACCEPT_AGAIN).await,
                    }
                    continue;
                }
                () = sleep_until(by) => return None,
                () = until_ending(&link) => return None,
            };
            let Some(request) = carrier.open(bytes).and_then(|plain| understood(&plain)) else { continue };
            by = last;
            let (response, plays) = match talk.hear(&request) {
                Step::Answer(response) => (response, false),
                Step::Play(response) => (response, true),
                Step::Join(announced) => {
                    let seat = join(&house, &party, &facts, announced, &link).await;
                    let mut found = false;
                    if let (Some(seat), Some((video, control, audio))) = (seat, sockets.take()) {
                        let (secrets, key) = (&secrets, (&secret.key, secret.number));
                        let parts = Parts { video, control, audio, party, announced, secrets, key };
                        found = parts.start(&facts, seat, &link).is_ok();
                    }
                    let response = talk.joined(&request, found);
                    if !found {
                        let _ = send(&mut connection, &mut carrier, response.encode()).await;
                        return None;
                    }
                    (response, false)
                }
            };
            // whoever does not take the answer asks again or goes
            let _ = timeout(ONE_ANSWER, send(&mut connection, &mut carrier, response.encode())).await;
            if plays {
                return Some(());
            }
        }
    }
}

/// Whatever the threads of a stream need.
struct Parts<'a> {
    video: UdpSocket,
    control: UdpSocket,
    audio: UdpSocket,
    party: Party,
    announced: Announced,
    secrets: &'a Secrets,
    key: (&'a SessionKey, u32),
}

impl Parts<'_> {
    fn start(self, facts: &Facts, seat: Arc<dyn Seat>, link: &Link) -> io::Result<()> {
        let Self { video, control, audio, party, announced, secrets, key: (key, key_number) } = self;
        let client = party.client;
        control::start(control::Setup {
            socket: control,
            client,
            secret: secrets.connect,
            key: key.clone(),
            seat: Arc::clone(&seat),
            link: link.clone(),
        })?;
        let sound = StreamSocket::new(audio).and_then(|socket| {
            audio::start(audio::Setup {
                socket,
                client,
                ping_secret: secrets.ping,
                announced,
                key: key.clone(),
                key_number,
                seat: Arc::clone(&seat),
                link: link.clone(),
            })
        });
        if let Err(error) = sound {
            tracing::warn!(%error, "a Moonlight stream goes on without sound");
        }
        video::start(video::Setup {
            socket: StreamSocket::new(video)?,
            client,
            ping_secret: secrets.ping,
            announced,
            fec_percent: facts.fec_percent,
            key: key.clone(),
            seat,
            link: link.clone(),
        })
        .inspect_err(|_| link.end())
    }
}

async fn join(
    house: &Arc<dyn House>,
    party: &Party,
    facts: &Facts,
    announced: Announced,
    link: &Link,
) -> Option<Arc<dyn Seat>> {
    let wish = Wish {
        width: announced.width,
        height: announced.height,
        refresh_hz: announced.refresh_hz,
        codec: announced.codec,
        wire_kbps: announced.wire_kbps,
        fec_percent: facts.fec_percent,
        max_slices: announced.max_slices,
        sound: announced.sound,
    };
    let (house, party, link) = (Arc::clone(house), *party, link.clone());
    let joined =
        tokio::task::spawn_blocking(move || house.join(party.device, party.client, &wish, link)).await;
    match joined {
        Ok(Ok(seat)) => Some(seat),
        Ok(Err(reason)) => {
            tracing::info!(%reason, "a Moonlight stream got no place");
            None
        }
        Err(_) => None,
    }
}

async fn until_ending(link: &Link) {
    while link.ending().is_none() {
        sleep(Duration::from_millis(100)).await;
    }
}

fn understood(plain: &[u8]) -> Option<Request> {
    Request::parse(plain).inspect_err(|fault| tracing::debug!(%fault, "an RTSP message was dropped")).ok()
}

async fn send(connection: &mut TcpStream, carrier: &mut Carrier, text: String) -> io::Result<()> {
    let bytes = carrier.close(text).ok_or_else(|| io::Error::other("the session is used up"))?;
    connection.write_all(&bytes).await?;
    // the client reads until the end
    connection.shutdown().await
}
