//! What to connect to, as whom, and what to ask for.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use punktfunk_core::wire::{AudioChannels, Codec, Codecs, GamepadKind, Mode};
use punktfunk_trust::{DeviceId, Identity, MatchCode};
use tokio::sync::Notify;

use crate::{HostAddress, HostPin};

/// How long to go on dialling a host that does not answer at all.
pub const DIAL_BUDGET: Duration = Duration::from_secs(10);
/// How long to wait to be let in: a little longer than a host holds an unknown device (punktfunk/1 §3.6).
pub const REQUEST_ACCESS_BUDGET: Duration = Duration::from_secs(185);

/// Everything [`NativeClient::connect`](crate::NativeClient::connect) needs to know.
///
/// [`ConnectOptions::new`] fills in what most callers want; the fields may be changed afterwards.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// The host.
    pub address: HostAddress,
    /// This device's certificate and key.
    pub identity: Arc<Identity>,
    /// Which host certificate is acceptable.
    pub pin: HostPin,
    /// The picture size and rate to ask for; the host may grant another one.
    pub mode: Mode,
    /// What the host calls this device until its owner renames it; cut at 64 bytes. `None` sends no name.
    pub name: Option<String>,
    /// The wire bit rate to ask for in kbit/s; 0 leaves it to the host.
    pub bitrate_kbps: u32,
    /// The codecs the caller can decode; empty means HEVC only (punktfunk/1 §2.2).
    pub codecs: Codecs,
    /// The codec to prefer among those; the host chooses without one (punktfunk/1 §2.6).
    pub preferred_codec: Option<Codec>,
    /// The controller to be seen as.
    pub gamepad: GamepadKind,
    /// The sound channels to ask for.
    pub audio_channels: AudioChannels,
    /// A title to start, for instance `steam:570`; cut at 128 bytes. `None` shows the desktop.
    pub launch: Option<String>,
    /// Asks for ChaCha20-Poly1305 instead of AES, for machines that have no instructions for the latter.
    pub chacha20: bool,
    /// How long to dial a host that does not answer.
    pub dial_budget: Duration,
    /// How long the whole of dialling, being approved and setting up may take.
    pub budget: Duration,
    /// Called on the way, from another thread; see [`Progress`].
    pub on_progress: Option<ProgressCallback>,
    /// Ends a `connect` that is under way.
    pub cancel: CancelToken,
}

impl ConnectOptions {
    /// Options that ask for 1280×720 at 60 Hz in H.264, wait for the owner's approval, and send no name.
    #[must_use]
    pub fn new(address: HostAddress, identity: Arc<Identity>, pin: HostPin) -> Self {
        Self {
            address,
            identity,
            pin,
            mode: Mode { width: 1280, height: 720, refresh_hz: 60 },
            name: None,
            bitrate_kbps: 0,
            codecs: Codecs::H264,
            preferred_codec: Some(Codec::H264),
            gamepad: GamepadKind::Auto,
            audio_channels: AudioChannels::Stereo,
            launch: None,
            chacha20: false,
            dial_budget: DIAL_BUDGET,
            budget: REQUEST_ACCESS_BUDGET,
            on_progress: None,
            cancel: CancelToken::default(),
        }
    }

    pub(crate) fn report(&self, progress: Progress) {
        if let Some(callback) = &self.on_progress {
            (callback.0)(progress);
        }
    }
}

/// A step on the way to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// A dial begins; told again for every attempt, counted from 1.
    Dialling {
        /// Where to.
        address: SocketAddr,
        /// Which attempt this is.
        attempt: u32,
    },
    /// The encrypted connection stands and the host showed this certificate.
    Connected {
        /// The host's fingerprint.
        host: DeviceId,
    },
    /// The host holds the connection without an answer: its owner is being asked.
    WaitingForApproval {
        /// This device's fingerprint, as the owner sees it.
        device: DeviceId,
        /// The code of this very connection; the owner sees the same unless somebody sits between.
        code: Option<MatchCode>,
        /// How much longer this side will wait.
        remaining: Duration,
    },
    /// The host let this device in.
    Welcomed,
}

/// A function that is told of every [`Progress`].
#[derive(Clone)]
pub struct ProgressCallback(Arc<dyn Fn(Progress) + Send + Sync>);

impl ProgressCallback {
    /// Wraps a function. It is called from the session's own thread and must return soon.
    pub fn new(callback: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self(Arc::new(callback))
    }
}

impl fmt::Debug for ProgressCallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProgressCallback")
    }
}

/// Ends something that waits, from any thread. Clones are the same token.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<Cancel>);

#[derive(Debug, Default)]
struct Cancel {
    cancelled: AtomicBool,
    wake: Notify,
}

impl CancelToken {
    /// Cancels; there is no way back.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::Release);
        self.0.wake.notify_waiters();
    }

    /// Whether [`cancel`](Self::cancel) was called.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::Acquire)
    }

    pub(crate) async fn cancelled(&self) {
        let woken = self.0.wake.notified();
        tokio::pin!(woken);
        // Listening starts before the flag is read, so a cancel in between is not missed.
        woken.as_mut().enable();
        if !self.is_cancelled() {
            woken.await;
        }
    }
}
