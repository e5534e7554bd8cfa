//! A host small enough to misbehave on purpose: real QUIC, real TLS, real UDP, and a script instead of a policy.
#![allow(dead_code, unreachable_pub, missing_docs)]

#[cfg(feature = "cli")]
pub mod stream;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use punktfunk_client::{ConnectOptions, HostAddress, HostPin, Identity, Role};
use punktfunk_core::video::{
    Cipher, DatagramBatch, FrameMeta, MediaKeys, Packetiser, StreamParams, UserFlags, is_punch,
};
use punktfunk_core::wire::{Control, FrameReader, Hello, Mode, Start, Welcome, frame};
use punktfunk_trust::DeviceId;
use punktfunk_trust::tls::AnyClient;
use quinn::crypto::rustls::QuicServerConfig;
use quinn::{Connection, Endpoint, RecvStream, SendStream, VarInt};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::UdpSocket;
use tokio::runtime::Runtime;

pub const MODE: Mode = Mode { width: 640, height: 360, refresh_hz: 60 };

/// A host that plays a script to everybody who comes.
pub struct FakeHost {
    pub address: HostAddress,
    pub id: DeviceId,
    /// How each visit ended, as the host saw it.
    pub closes: Arc<Mutex<Vec<quinn::ConnectionError>>>,
    /// A script has panicked; its message is on standard error.
    failed: Arc<AtomicBool>,
    _runtime: Runtime,
}

/// What a script asserts counts like what the test itself asserts.
impl Drop for FakeHost {
    fn drop(&mut self) {
        assert!(std::thread::panicking() || !self.failed.load(Ordering::SeqCst), "the host's script failed");
    }
}

/// What a host shows in TLS.
pub struct Face {
    pub certificate: Identity,
    pub key: Identity,
    pub alpn: &'static [u8],
}

impl Face {
    pub fn honest() -> Self {
        let identity = Identity::generate(Role::Host).expect("identity");
        Self { certificate: identity.clone(), key: identity, alpn: b"pkf1" }
    }
}

impl FakeHost {
    pub fn start<F>(script: impl Fn(Visit) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send,
    {
        Self::with_face(&Face::honest(), script)
    }

    pub fn with_face<F>(face: &Face, script: impl Fn(Visit) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send,
    {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("runtime");
        let config = server_config(face);
        let endpoint = {
            let _inside = runtime.enter();
            Endpoint::server(config, (Ipv4Addr::LOCALHOST, 0).into()).expect("endpoint")
        };
        let address = HostAddress::from(endpoint.local_addr().expect("address"));
        let closes = Arc::new(Mutex::new(Vec::new()));
        let failed = Arc::new(AtomicBool::new(false));
        let (script, noted, script_failed) = (Arc::new(script), Arc::clone(&closes), Arc::clone(&failed));
        runtime.spawn(async move {
            while let Some(incoming) = endpoint.accept().await {
                let (script, noted) = (Arc::clone(&script), Arc::clone(&noted));
                let failed = Arc::clone(&script_failed);
                tokio::spawn(async move {
                    let Ok(connection) = incoming.await else { return };
                    if let Some(visit) = Visit::begin(connection.clone()).await
                        && tokio::spawn(async move { script(visit).await }).await.is_err()
                    {
                        failed.store(true, Ordering::SeqCst);
                    }
                    let end = connection.closed().await;
                    noted.lock().expect("closes").push(end);
                });
            }
        });
        Self { address, id: face.certificate.id(), closes, failed, _runtime: runtime }
    }

    /// Options for a fresh device that pins this host and does not wait long.
    pub fn options(&self) -> ConnectOptions {
        let identity = Arc::new(Identity::generate(Role::Client).expect("identity"));
        let mut options = ConnectOptions::new(self.address.clone(), identity, HostPin::Fingerprint(self.id));
        options.mode = MODE;
        options.budget = Duration::from_secs(60);
        options.dial_budget = options.budget;
        options
    }

    /// The application code with which the first visit was closed by the client.
    pub fn close_code(&self) -> Option<u64> {
        for _ in 0..6000 {
            if let Some(end) = self.closes.lock().expect("closes").first() {
                return match end {
                    quinn::ConnectionError::ApplicationClosed(close) => Some(close.error_code.into_inner()),
                    _ => None,
                };
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

/// One client's connection and its control stream.
pub struct Visit {
    pub connection: Connection,
    pub device: Option<DeviceId>,
    sender: SendStream,
    receiver: RecvStream,
    frames: FrameReader,
}

impl Visit {
    async fn begin(connection: Connection) -> Option<Self> {
        let device = connection
            .peer_identity()
            .and_then(|any| any.downcast::<Vec<CertificateDer<'static>>>().ok())
            .and_then(|chain| chain.first().map(|leaf| DeviceId::from_certificate(leaf)));
        let (sender, receiver) = connection.accept_bi().await.ok()?;
        Some(Self { connection, device, sender, receiver, frames: FrameReader::new() })
    }

    pub async fn receive(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(payload) = self.frames.next() {
                return Some(payload);
            }
            let chunk = self.receiver.read_chunk(4096, true).await.ok()??;
            self.frames.push(&chunk.bytes).ok()?;
        }
    }

    pub async fn hello(&mut self) -> Hello {
        Hello::decode(&self.receive().await.expect("a first message")).expect("Hello")
    }

    pub async fn control(&mut self) -> Option<Control> {
        Some(Control::decode(&self.receive().await?).expect("a sound control message"))
    }

    pub async fn send(&mut self, payload: &[u8]) {
        self.raw(&frame(payload)).await;
    }

    /// Bytes as they are, without a length in front.
    pub async fn raw(&mut self, bytes: &[u8]) {
        let _ = self.sender.write_all(bytes).await;
    }

    pub fn close(&self, code: u64, reason: &str) {
        self.connection.close(VarInt::from_u64(code).expect("code"), reason.as_bytes());
    }

    /// Hello, Welcome, Start and the eight clock rounds, the way a good host does it.
    pub async fn let_in(&mut self) -> HostVideo {
        self.hello().await;
        self.welcome(|_| ()).await
    }

    pub async fn welcome(&mut self, change: impl FnOnce(&mut Welcome)) -> HostVideo {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("socket");
        let port = socket.local_addr().expect("address").port();
        let mut welcome = a_welcome(port);
        change(&mut welcome);
        self.send(&welcome.encode()).await;
        let params = StreamParams::from_welcome(&welcome).expect("sound");
        let (sealer, _) = welcome.keys.into_host();
        let start = Start::decode(&self.receive().await.expect("Start")).expect("Start");
        for _ in 0..8 {
            self.answer_clock().await;
        }
        let peer = SocketAddr::new(self.connection.remote_address().ip(), start.port);
        HostVideo {
            socket,
            packetiser: Packetiser::new(params, sealer),
            peer,
            next: 0,
            batch: DatagramBatch::new(),
        }
    }

    pub async fn answer_clock(&mut self) {
        let Some(Control::ClockProbe { t1 }) = self.control().await else { panic!("not a clock probe") };
        let now = unix_ns();
        self.send(&Control::ClockEcho { t1, t2: now, t3: now }.encode()).await;
    }
}

/// The host's end of the video plane.
pub struct HostVideo {
    pub socket: UdpSocket,
    packetiser: Packetiser,
    peer: SocketAddr,
    next: u32,
    batch: DatagramBatch,
}

impl HostVideo {
    /// Waits for a punch and remembers where it came from.
    pub async fn punched(&mut self) {
        let mut buffer = [0; 64];
        loop {
            let (length, from) = self.socket.recv_from(&mut buffer).await.expect("received");
            if is_punch(&buffer[..length]) {
                self.peer = from;
                return;
            }
        }
    }

    pub async fn frame(&mut self, unit: &[u8], key: bool) {
        for datagram in self.datagrams(unit, key) {
            self.send(&datagram).await;
        }
    }

    /// The datagrams of the next frame, for tests that lose, repeat or damage some.
    pub fn datagrams(&mut self, unit: &[u8], key: bool) -> Vec<Vec<u8>> {
        let user_flags = if key { UserFlags::KEY } else { UserFlags::DELTA };
        let meta = FrameMeta { pts_ns: unix_ns(), frame_index: self.next, user_flags };
        self.next += 1;
        self.packetiser.packetise(unit, meta, &mut self.batch).expect("packetised");
        self.batch.bytes().chunks(self.batch.segment_size()).map(<[u8]>::to_vec).collect()
    }

    pub async fn send(&self, datagram: &[u8]) {
        self.socket.send_to(datagram, self.peer).await.expect("sent");
    }
}

pub fn a_welcome(port: u16) -> Welcome {
    let mut welcome = Welcome::new(port, MODE, MediaKeys::from_random(Cipher::Aes128Gcm, [7; 52]));
    welcome.codec = punktfunk_client::Codec::H264;
    welcome.bitrate_kbps = 5_000;
    welcome
}

pub fn unix_ns() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().expect("clock").as_nanos() as u64
}

fn server_config(face: &Face) -> quinn::ServerConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(face.key.key_der().to_vec()));
    let signer = provider.key_provider.load_private_key(key).expect("key");
    let leaf = CertificateDer::from(face.certificate.certificate_der().to_vec());
    let shown = Arc::new(CertifiedKey::new(vec![leaf], signer));
    let mut tls = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("versions")
        .with_client_cert_verifier(Arc::new(AnyClient::new()))
        .with_cert_resolver(Arc::new(Always(shown)));
    tls.alpn_protocols = vec![face.alpn.to_vec()];
    quinn::ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(tls).expect("quic")))
}

/// Shows its certificate whether or not the key belongs to it.
#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}
