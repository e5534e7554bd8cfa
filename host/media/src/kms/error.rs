use std::io;
use std::path::PathBuf;

use super::protocol::{Output, ProtocolError, Status, StatusCode};

/// Why the screen cannot be shown at the moment.
#[derive(Debug, thiserror::Error)]
pub enum ScreenError {
    /// Nobody listens on the broker's socket.
    #[error("the screen service does not answer at {path} ({source}); start it: systemctl start punktfunk-screen", path = path.display())]
    NoBroker {
        /// The broker's socket.
        path: PathBuf,
        /// Why connecting failed.
        source: io::Error,
    },
    /// The broker went away in the middle.
    #[error(
        "the screen service broke off ({0}); it is asked again, and `journalctl -u punktfunk-screen` says why"
    )]
    Broken(#[source] io::Error),
    /// The broker's answer makes no sense.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// The machine has no graphics card with outputs.
    #[error(
        "this machine has no graphics card that drives a display; check that its kernel driver is loaded (ls /dev/dri)"
    )]
    NoCard,
    /// No output shows anything.
    #[error("no screen is on ({connected}); start a session on the machine, or wake its display")]
    NoActiveOutput {
        /// The connectors that have a monitor.
        connected: String,
    },
    /// The configured output does not exist.
    #[error("there is no output called {name:?}; `punktfunk-host doctor` lists the ones there are")]
    NoSuchOutput {
        /// The name that was asked for.
        name: String,
    },
    /// The broker lacks its one capability.
    #[error(
        "the kernel hides the screen from the screen service; give its unit AmbientCapabilities=CAP_SYS_ADMIN"
    )]
    CapabilityMissing,
    /// A card refused.
    #[error(
        "the graphics card did not answer for {detail} ({source}); unless it was just unplugged, let the screen service \
         use /dev/dri (group video)"
    )]
    Device {
        /// What it was asked for.
        detail: String,
        /// The card's error.
        source: io::Error,
    },
    /// Too many clients.
    #[error(
        "the screen service already serves {clients} clients; stop another host or probe on this machine"
    )]
    Busy {
        /// How many.
        clients: String,
    },
    /// A layout that only the GPU understands.
    #[error(
        "the picture of {connector} lies in a tiled layout of its GPU ({driver}, modifier {modifier:#x}) that software \
         cannot read; stream another output, or set capture.source to test-card"
    )]
    Tiled {
        /// The connector.
        connector: String,
        /// The kernel driver.
        driver: String,
        /// The DRM format modifier.
        modifier: u64,
    },
    /// A pixel format that is not read here.
    #[error(
        "{connector} shows pixels of the format {fourcc}, which software cannot read; stream another output, or set capture.source to test-card"
    )]
    Format {
        /// The connector.
        connector: String,
        /// The format's four letters.
        fourcc: String,
    },
    /// The buffer does not hold what was said about it.
    #[error(
        "the screen's buffer is smaller than the picture it should hold; the driver {driver} describes it wrongly"
    )]
    Geometry {
        /// The kernel driver.
        driver: String,
    },
    /// The buffer cannot be mapped.
    #[error(
        "the screen's buffer cannot be mapped ({0}); stream another output, or set capture.source to test-card"
    )]
    Map(#[source] io::Error),
}

impl From<Status> for ScreenError {
    fn from(status: Status) -> Self {
        let Status { code, errno, detail } = status;
        match code {
            StatusCode::NoCard => Self::NoCard,
            StatusCode::NoActiveOutput => Self::NoActiveOutput {
                connected: if detail.is_empty() {
                    "none is connected".into()
                } else {
                    format!("{detail} is dark")
                },
            },
            StatusCode::NoSuchOutput => Self::NoSuchOutput { name: detail },
            StatusCode::CapabilityMissing => Self::CapabilityMissing,
            StatusCode::Device => Self::Device { detail, source: io::Error::from_raw_os_error(errno.into()) },
            StatusCode::BadRequest => Self::Protocol(ProtocolError::Malformed),
            StatusCode::Busy => Self::Busy { clients: detail },
        }
    }
}

impl ScreenError {
    /// A stable word for this reason, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoBroker { .. } => "screen_service_missing",
            Self::Broken(_) => "screen_service_broke_off",
            Self::Protocol(_) => "screen_service_foreign",
            Self::NoCard => "no_graphics_card",
            Self::NoActiveOutput { .. } => "no_screen_on",
            Self::NoSuchOutput { .. } => "no_such_output",
            Self::CapabilityMissing => "screen_service_powerless",
            Self::Device { .. } => "graphics_card_silent",
            Self::Busy { .. } => "screen_service_busy",
            Self::Tiled { .. } => "screen_tiled",
            Self::Format { .. } => "screen_format",
            Self::Geometry { .. } => "screen_geometry",
            Self::Map(_) => "screen_unmapped",
        }
    }

    /// What the [sentence](ToString) is about, by name.
    #[must_use]
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoBroker { path, source } => {
                vec![("path", path.display().to_string()), ("reason", source.to_string())]
            }
            Self::Broken(reason) | Self::Map(reason) => vec![("reason", reason.to_string())],
            Self::Protocol(reason) => vec![("reason", reason.to_string())],
            Self::NoActiveOutput { connected } => vec![("connected", connected.clone())],
            Self::NoSuchOutput { name } => vec![("output", name.clone())],
            Self::Device { detail, source } => {
                vec![("detail", detail.clone()), ("reason", source.to_string())]
            }
            Self::Busy { clients } => vec![("clients", clients.clone())],
            Self::Tiled { connector, driver, .. } => {
                vec![("output", connector.clone()), ("driver", driver.clone())]
            }
            Self::Format { connector, fourcc } => {
                vec![("output", connector.clone()), ("format", fourcc.clone())]
            }
            Self::Geometry { driver } => vec![("driver", driver.clone())],
            Self::NoCard | Self::CapabilityMissing => Vec::new(),
        }
    }

    pub(super) fn format(output: &Output, fourcc: u32) -> Self {
        let fourcc = fourcc.to_le_bytes().escape_ascii().to_string();
        Self::Format { connector: output.connector.clone(), fourcc }
    }
}
