use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use quinn::congestion::{ControllerFactory, CubicConfig};
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{
    ClientConfig, Connection, Endpoint, EndpointConfig, ServerConfig, TokioRuntime, TransportConfig,
};
use quinn_udp::UdpSocketState;
use rustls::RootCertStore;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use crate::sample::cpu_ns;
use crate::{DATA, SHARD, bytes};

const BUFFER: usize = 1 << 20;
/// So many bytes may be on their way from the start: congestion control never has anything to hold back.
const WINDOW: u64 = 64 << 20;
/// The first rounds fill the caches.
const WARM_UP: usize = 50;
/// What sockets are asked for: a frame fits.
const SOCKET_BUFFER: usize = 2 << 20;

/// What QUIC datagrams cost both ends together, in CPU ns per datagram: both endpoints on this thread, in lock step, with
/// the path's size known from the start.
pub(crate) struct LockStep {
    runtime: Runtime,
    _endpoints: [Endpoint; 2],
    sender: Connection,
    receiver: Connection,
    payload: Bytes,
}

impl LockStep {
    pub(crate) fn new() -> Self {
        let runtime = runtime();
        let (endpoints, sender, receiver) = runtime.block_on(async {
            let (server_config, client_config) = configs();
            let (host, guest) = (endpoint(Some(server_config), SOCKET_BUFFER), endpoint(None, SOCKET_BUFFER));
            let connecting = guest.connect_with(client_config, host.local_addr().unwrap(), "bench").unwrap();
            let accepting = async { host.accept().await.unwrap().await.unwrap() };
            let (sender, receiver) = tokio::join!(connecting, accepting);
            ([host, guest], sender.unwrap(), receiver)
        });
        let mut pair =
            Self { runtime, _endpoints: endpoints, sender, receiver, payload: Bytes::from(bytes(SHARD)) };
        for _ in 0..WARM_UP {
            pair.round();
        }
        pair
    }

    /// A frame's worth of datagrams: so many ns, for so many that have come.
    pub(crate) fn round(&mut self) -> (u64, usize) {
        let Self { runtime, sender, receiver, payload, .. } = self;
        runtime.block_on(async {
            let start = cpu_ns();
            for _ in 0..DATA {
                sender.send_datagram(payload.clone()).unwrap();
            }
            let mut come = 0;
            let receiving = async {
                while come < DATA {
                    assert_eq!(receiver.read_datagram().await.unwrap().len(), SHARD);
                    come += 1;
                }
            };
            let _ = timeout(Duration::from_secs(1), receiving).await;
            (cpu_ns() - start, come)
        })
    }
}

pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    runtime().block_on(work)
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// On loopback, with a socket that may hold so many bytes.
pub(crate) fn endpoint(server: Option<ServerConfig>, socket_buffer: usize) -> Endpoint {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let state = UdpSocketState::new((&socket).into()).unwrap();
    state.set_recv_buffer_size((&socket).into(), socket_buffer).unwrap();
    state.set_send_buffer_size((&socket).into(), socket_buffer).unwrap();
    Endpoint::new(EndpointConfig::default(), server, socket, Arc::new(TokioRuntime)).unwrap()
}

/// Of both ends, with the path's size known and room for any burst.
pub(crate) fn configs() -> (ServerConfig, ClientConfig) {
    let mut congestion = CubicConfig::default();
    congestion.initial_window(WINDOW);
    configs_with(Arc::new(congestion))
}

/// The same with a congestion controller.
pub(crate) fn configs_with(
    congestion: Arc<dyn ControllerFactory + Send + Sync>,
) -> (ServerConfig, ClientConfig) {
    let certified = rcgen::generate_simple_self_signed(["bench".to_owned()]).unwrap();
    let certificate = certified.cert.der().clone();
    let key = rustls::pki_types::PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    // the same cipher as the data plane's
    let mut provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.cipher_suites = vec![rustls::crypto::aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256];
    let provider = Arc::new(provider);
    let server = rustls::ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();

    let mut transport = TransportConfig::default();
    transport.congestion_controller_factory(congestion);
    transport.datagram_send_buffer_size(BUFFER).datagram_receive_buffer_size(Some(BUFFER)).initial_mtu(1452);
    let transport = Arc::new(transport);
    let mut server = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(server).unwrap()));
    server.transport_config(transport.clone());
    let mut client = ClientConfig::new(Arc::new(QuicClientConfig::try_from(client).unwrap()));
    client.transport_config(transport);
    (server, client)
}
