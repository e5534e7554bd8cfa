//! Opening the console with a host.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::{Api, ConsoleError, LocalListener, Token, bind_https, serve_https, serve_local};
use crate::app::Host;

/// The console's listeners, bound and not yet answering.
#[derive(Debug)]
pub(crate) struct Console {
    token: Token,
    local: LocalListener,
    https: Vec<TcpListener>,
}

impl Console {
    /// Binds the control socket in `runtime_dir`, and HTTPS on `addresses`.
    pub(crate) fn bind(
        state_dir: &Path,
        runtime_dir: &Path,
        addresses: &[SocketAddr],
    ) -> Result<Self, ConsoleError> {
        let token = Token::load_or_create(state_dir)?;
        let local = LocalListener::bind(runtime_dir)?;
        Ok(Self { token, local, https: bind_https(addresses)? })
    }

    /// Where HTTPS is.
    pub(crate) fn https_addr(&self) -> Option<SocketAddr> {
        self.https.first().and_then(|listener| listener.local_addr().ok())
    }

    /// Answers for `host` until it goes down.
    pub(crate) fn serve(self, host: &Arc<Host>, tasks: &mut JoinSet<()>) {
        let api = Api::new(Arc::clone(host), self.token);
        let local = serve_local(self.local, api.clone());
        tasks.spawn(async { report(local.await) });
        for listener in self.https {
            let https = serve_https(listener, api.clone());
            tasks.spawn(async { report(https.await) });
        }
    }
}

/// A console that fails does not take streams down with it.
fn report(result: Result<(), ConsoleError>) {
    if let Err(error) = result {
        tracing::error!("{error}");
    }
}
