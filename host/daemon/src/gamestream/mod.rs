//! The Moonlight door of this host: what [`punktfunk_gamestream`] asks of trust, sessions and input is answered here.

mod apps;
pub(crate) mod certificate;
mod hall;
mod input;
mod seat;

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use punktfunk_config::WEAKER_DOOR;
use punktfunk_gamestream::{BindError, DoorOptions, GameStreamDoor, HostCertificate};

use crate::app::Host;

pub use certificate::CertificateFileError;
use hall::Hall;

/// Why the door did not open.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// A port is not to be had.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// Its certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateFileError),
}

/// The door, open.
#[derive(Debug)]
pub struct MoonlightDoor {
    door: GameStreamDoor,
    certificate: HostCertificate,
}

impl MoonlightDoor {
    /// Opens the door's two ports, counted from `port`, on every address, or on free ones of `only`. The certificate is kept in
    /// `state_dir`; `paired` devices know it.
    ///
    /// # Errors
    /// [`DoorError`].
    pub fn open(state_dir: &Path, port: u16, only: Option<IpAddr>, paired: usize) -> Result<Self, DoorError> {
        let certificate = certificate::load_or_create(state_dir, paired)?;
        let base_port = if only.is_some() { 0 } else { port };
        let door = GameStreamDoor::bind(DoorOptions { only, base_port })?;
        tracing::warn!("{WEAKER_DOOR}");
        Ok(Self { door, certificate })
    }

    /// Where HTTP is: what clients are told.
    pub fn http_addr(&self) -> SocketAddr {
        self.door.http_addr()
    }

    /// Where HTTPS is.
    pub fn https_addr(&self) -> SocketAddr {
        self.door.https_addr()
    }

    /// Lets clients in until the host goes down.
    pub async fn run(self, host: Arc<Host>) {
        let hall = Arc::new(Hall::new(Arc::clone(&host)));
        if let Err(error) = self.door.run(hall, self.certificate, host.going_down()).await {
            tracing::error!(%error, "the Moonlight door broke down; restart the service");
        }
    }
}
