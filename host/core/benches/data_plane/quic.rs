use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use quinn::congestion::CubicConfig;
use quinn::crypto::rustls::{QuicClientConfig, QuicServerConfig};
use quinn::{ClientConfig, Connection, Endpoint, ServerConfig, TransportConfig};
use rustls::RootCertStore;
use tokio::time::timeout;

use crate::sample::{Sample, cpu_ns};

/// Datagrams in one go: what fits into a socket's usual buffer.
const BATCH: usize = 40;
const BUFFER: usize = 1 << 20;
/// So many bytes may be on their way from the start: congestion control never has anything to hold back.
const WINDOW: u64 = 64 << 20;
/// The first rounds fill the caches.
const WARM_UP: usize = 50;

/// What QUIC datagrams cost both ends together, in CPU ns per KiB of payload: both endpoints on this thread,
/// in lock step, with the path's size known from the start.
pub(crate) fn both_ends(rounds: usize) -> Sample {
    block_on(async {
        let (server_config, client_config) = configs();
        let host = server(server_config);
        let address = host.local_addr().unwrap();
        let accepting = async { host.accept().await.unwrap().await.unwrap() };
        let ((_guest, sender), receiver) = tokio::join!(connect(client_config, address), accepting);
        let payload = vec![5; sender.max_datagram_size().unwrap()];
        let mut sample = Sample::new("QUIC datagrams, both ends, per KiB");
        for round in 0..WARM_UP + rounds {
            let start = cpu_ns();
            for _ in 0..BATCH {
                sender.send_datagram(payload.clone().into()).unwrap();
            }
            let mut bytes = 0;
            while bytes < BATCH * payload.len()
                && let Ok(datagram) = timeout(Duration::from_secs(1), receiver.read_datagram()).await
            {
                bytes += datagram.unwrap().len();
            }
            if round >= WARM_UP && bytes > 0 {
                sample.add((cpu_ns() - start) * 1024, bytes);
            }
        }
        sample
    })
}

fn server(config: ServerConfig) -> Endpoint {
    Endpoint::server(config, (Ipv4Addr::LOCALHOST, 0).into()).unwrap()
}

async fn connect(config: ClientConfig, to: SocketAddr) -> (Endpoint, Connection) {
    let endpoint = Endpoint::client((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let connection = endpoint.connect_with(config, to, "bench").unwrap().await.unwrap();
    (endpoint, connection)
}

pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// Of both ends, with the path's size known and room for any burst.
pub(crate) fn configs() -> (ServerConfig, ClientConfig) {
    let certified = rcgen::generate_simple_self_signed(["bench".to_owned()]).unwrap();
    let certificate = certified.cert.der().clone();
    let key = rustls::pki_types::PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
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

    let mut congestion = CubicConfig::default();
    congestion.initial_window(WINDOW);
    let mut transport = TransportConfig::default();
    transport.congestion_controller_factory(Arc::new(congestion));
    transport.datagram_send_buffer_size(BUFFER).datagram_receive_buffer_size(Some(BUFFER)).initial_mtu(1452);
    let transport = Arc::new(transport);
    let mut server = ServerConfig::with_crypto(Arc::new(QuicServerConfig::try_from(server).unwrap()));
    server.transport_config(transport.clone());
    let mut client = ClientConfig::new(Arc::new(QuicClientConfig::try_from(client).unwrap()));
    client.transport_config(transport);
    (server, client)
}
