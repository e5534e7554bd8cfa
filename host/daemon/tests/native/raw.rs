//! A client that may do what no honest one does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use punktfunk_core::wire::{ALPN, CloseCode, FrameReader, frame};
use punktfunk_trust::Identity;
use punktfunk_trust::tls::KnownHost;
use quinn::crypto::rustls::QuicClientConfig;
use quinn::{ConnectionError, Endpoint, RecvStream, SendStream, TransportConfig};
use rustls::SignatureScheme;
use rustls::client::{ClientConfig, ResolvesClientCert};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::common::PATIENCE;

/// A connection that has done its handshake.
pub(crate) struct Raw {
    endpoint: Endpoint,
    pub(crate) connection: quinn::Connection,
}

/// What a client shows in the handshake.
#[derive(Clone, Copy)]
pub(crate) enum Show<'a> {
    Nothing,
    Own(&'a Identity),
    /// The certificate of one, signed with the key of another.
    Copied {
        certificate: &'a Identity,
        key: &'a Identity,
    },
    /// Any certificates, leaf first, and any key (PKCS#8).
    Made {
        chain: &'a [Vec<u8>],
        key: &'a [u8],
    },
}

impl Raw {
    /// Dials; the handshake may yet be refused by the host after this has returned.
    pub(crate) async fn dial(host: SocketAddr, show: Show<'_>) -> Result<Self, ConnectionError> {
        Self::dial_with(host, tls(show), TransportConfig::default()).await
    }

    /// Dials, and lets the host send nothing on any stream.
    pub(crate) async fn dial_without_room(host: SocketAddr, show: Show<'_>) -> Result<Self, ConnectionError> {
        let mut transport = TransportConfig::default();
        transport.stream_receive_window(0u32.into()).keep_alive_interval(Some(Duration::from_secs(2)));
        Self::dial_with(host, tls(show), transport).await
    }

    /// Dials with another application protocol.
    pub(crate) async fn dial_with_alpn(host: SocketAddr, alpn: &[u8]) -> Result<Self, ConnectionError> {
        let mut tls = tls(Show::Nothing);
        tls.alpn_protocols = vec![alpn.to_vec()];
        Self::dial_with(host, tls, TransportConfig::default()).await
    }

    async fn dial_with(
        host: SocketAddr,
        tls: ClientConfig,
        transport: TransportConfig,
    ) -> Result<Self, ConnectionError> {
        let own = if host.is_ipv4() { IpAddr::from(Ipv4Addr::LOCALHOST) } else { Ipv6Addr::LOCALHOST.into() };
        let mut endpoint = Endpoint::client((own, 0).into()).unwrap();
        let quic = QuicClientConfig::try_from(tls).unwrap();
        let mut config = quinn::ClientConfig::new(Arc::new(quic));
        config.transport_config(Arc::new(transport));
        endpoint.set_default_client_config(config);
        let connection = endpoint.connect(host, "punktfunk").unwrap().await?;
        Ok(Self { endpoint, connection })
    }

    /// The first datagram that a client sends: an Initial packet with a whole ClientHello.
    pub(crate) async fn first_flight() -> Vec<u8> {
        let listener = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let dialling = Self::dial(listener.local_addr().unwrap(), Show::Nothing);
        let mut datagram = vec![0; 2048];
        tokio::select! {
            _ = dialling => panic!("nobody answers"),
            received = listener.recv(&mut datagram) => datagram.truncate(received.unwrap()),
        }
        datagram
    }

    /// Opens the control stream and writes `payload` as a frame.
    pub(crate) async fn say(&self, payload: &[u8]) -> (SendStream, RecvStream) {
        self.write(&frame(payload)).await
    }

    /// Opens the control stream and writes bytes that need not be a frame.
    pub(crate) async fn write(&self, bytes: &[u8]) -> (SendStream, RecvStream) {
        let (mut send, recv) = self.connection.open_bi().await.unwrap();
        send.write_all(bytes).await.unwrap();
        (send, recv)
    }

    /// Waits for the host's close: its code and sentence.
    pub(crate) async fn closed(&self) -> (Option<CloseCode>, String) {
        match timeout(PATIENCE, self.connection.closed()).await.expect("the host closes") {
            ConnectionError::ApplicationClosed(close) => (
                CloseCode::from_code(close.error_code.into_inner()),
                String::from_utf8_lossy(&close.reason).into_owned(),
            ),
            other => panic!("closed in another way: {other}"),
        }
    }

    /// Hangs up, and waits until the host knows.
    pub(crate) async fn hang_up(self, code: u32) {
        self.connection.close(code.into(), b"");
        self.endpoint.wait_idle().await;
    }
}

/// Reads one payload.
pub(crate) async fn read(stream: &mut RecvStream) -> Vec<u8> {
    let mut frames = FrameReader::new();
    let reading = async {
        loop {
            if let Some(payload) = frames.next() {
                return payload;
            }
            let chunk = stream.read_chunk(1, true).await.unwrap().expect("the host answers");
            frames.push(&chunk.bytes).unwrap();
        }
    };
    timeout(PATIENCE, reading).await.expect("the host answers in time")
}

fn tls(show: Show<'_>) -> ClientConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(KnownHost::new(None)));
    let (chain, key) = match show {
        Show::Nothing => {
            let mut config = builder.with_no_client_auth();
            config.alpn_protocols = vec![ALPN.to_vec()];
            return config;
        }
        Show::Own(identity) => (vec![identity.certificate_der().to_vec()], identity.key_der()),
        Show::Copied { certificate, key } => (vec![certificate.certificate_der().to_vec()], key.key_der()),
        Show::Made { chain, key } => (chain.to_vec(), key),
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.to_vec()));
    let key = provider.key_provider.load_private_key(key).unwrap();
    let chain = chain.into_iter().map(CertificateDer::from).collect();
    let mut config =
        builder.with_client_cert_resolver(Arc::new(Shows(Arc::new(CertifiedKey::new(chain, key)))));
    config.alpn_protocols = vec![ALPN.to_vec()];
    config
}

/// Shows a certificate without asking whether the key belongs to it.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesClientCert for Shows {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}
