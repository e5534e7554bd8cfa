//! The two listeners: HTTPS for the network, and a socket in the file system for this machine.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use punktfunk_trust::Identity;
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::UnixListener;

use super::DRAIN;
use super::caller::Caller;
use super::slots::{ControlSocket, Slots};
use crate::app::Host;
use crate::ports::{Holder, Transport, holder};

/// The control socket's name in the runtime directory.
const SOCKET: &str = "control.sock";

/// The longest that a TLS handshake, the head of a request, the wait for the next one, or the answer to a ping may take.
const HEAD_LIMIT: Duration = Duration::from_secs(10);
/// How often a quiet HTTP/2 connection is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// Requests at once on one HTTP/2 connection.
const MAX_REQUESTS: u32 = 32;

/// Why the console cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// The runtime directory or the socket in it cannot be made.
    #[error(
        "cannot open the control socket {path}: {error}; choose another --runtime-dir or make this one writable"
    )]
    Socket {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// Another host answers on the socket.
    #[error(
        "another punktfunk host is running on {path}; stop it, or start this one with another --runtime-dir"
    )]
    Running {
        /// The socket.
        path: PathBuf,
    },
    /// The identity cannot be used for TLS.
    #[error("the identity of this host cannot be used for HTTPS: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTPS port is taken, or may not be used.
    #[error("the console cannot listen on {address}: {error}{}; stop that or set console.port in the policy", held_by(.holder.as_ref()))]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        error: io::Error,
        /// The process that holds the port, as far as can be seen.
        holder: Option<Holder>,
    },
    /// The listener failed.
    #[error("the console stopped listening: {0}")]
    Listen(#[from] io::Error),
}

fn held_by(holder: Option<&Holder>) -> String {
    holder.map(|holder| format!(" (held by {holder})")).unwrap_or_default()
}

/// Binds the HTTPS port on each address.
///
/// # Errors
/// [`ConsoleError::Bind`] for the first that cannot be had.
pub fn bind_https(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, ConsoleError> {
    let bind = |address: &SocketAddr| {
        TcpListener::bind(address).map_err(|error| {
            let taken = error.kind() == io::ErrorKind::AddrInUse;
            let holder = taken.then(|| holder(Transport::Tcp, address.port())).flatten();
            ConsoleError::Bind { address: *address, error, holder }
        })
    };
    addresses.iter().map(bind).collect()
}

/// The bound control socket; its file is taken away when it is dropped.
#[derive(Debug)]
pub struct LocalListener {
    listener: UnixListener,
    file: SocketFile,
}

#[derive(Debug)]
struct SocketFile(PathBuf);

impl LocalListener {
    /// Binds `control.sock` in `runtime_dir`, which is made if missing. Any user may connect; who is answered is decided
    /// by the user id that the kernel vouches for.
    ///
    /// # Errors
    /// The socket cannot be made, or another host already answers on it.
    pub fn bind(runtime_dir: &Path) -> Result<Self, ConsoleError> {
        let path = socket_path(runtime_dir);
        let failed = |error| ConsoleError::Socket { path: path.clone(), error };
        std::fs::create_dir_all(runtime_dir).map_err(failed)?;
        if std::os::unix::net::UnixStream::connect(&path).is_ok() {
            return Err(ConsoleError::Running { path });
        }
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(failed)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).map_err(failed)?;
        Ok(Self { listener, file: SocketFile(path) })
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Where the control socket stands.
pub fn socket_path(runtime_dir: &Path) -> PathBuf {
    runtime_dir.join(SOCKET)
}

/// Answers on the control socket until the host goes down.
///
/// # Errors
/// The listener failed.
pub(super) async fn serve_local(
    listener: LocalListener,
    host: Arc<Host>,
    router: Router,
) -> Result<(), ConsoleError> {
    let LocalListener { listener, file: _file } = listener;
    let listener = ControlSocket::new(listener);
    let service = router.into_make_service_with_connect_info::<Caller>();
    // open event streams would hold a graceful stop back for ever
    tokio::select! {
        result = axum::serve(listener, service) => Ok(result?),
        () = host.going_down() => Ok(()),
    }
}

/// Answers over HTTPS, with the certificate that devices know, until the host goes down.
///
/// # Errors
/// The identity cannot be used, or the listener failed.
pub(super) async fn serve_https(
    listener: TcpListener,
    host: Arc<Host>,
    slots: Slots,
    router: Router,
) -> Result<(), ConsoleError> {
    let tls = RustlsConfig::from_config(Arc::new(tls(host.identity())?));
    let handle = Handle::<SocketAddr>::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        host.going_down().await;
        stopping.graceful_shutdown(Some(DRAIN));
    });
    let acceptor = RustlsAcceptor::new(tls).handshake_timeout(HEAD_LIMIT).acceptor(slots);
    let mut server = axum_server::from_tcp(listener)?.acceptor(acceptor).first_request_timeout(HEAD_LIMIT);
    server.http_builder().http1().header_read_timeout(HEAD_LIMIT);
    server
        .http_builder()
        .http2()
        .max_concurrent_streams(MAX_REQUESTS)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(HEAD_LIMIT);
    server.handle(handle).serve(router.into_make_service_with_connect_info::<Caller>()).await?;
    Ok(())
}

fn tls(identity: &Identity) -> Result<ServerConfig, rustls::Error> {
    let key = PrivateKeyDer::try_from(identity.key_der().to_vec())
        .map_err(|why| rustls::Error::General(why.to_owned()))?;
    let chain = vec![CertificateDer::from(identity.certificate_der().to_vec())];
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
