//! Why a connection, a pairing or a session did not go on, each as one sentence with the next step in it.

use std::net::SocketAddr;
use std::time::Duration;

use punktfunk_core::wire::CloseCode;
use punktfunk_trust::{CeremonyError, DeviceId, DeviceName, InvalidPin, MAX_NAME_BYTES};

/// Most bytes of somebody else's words that are kept and shown.
const MAX_WORDS_BYTES: usize = 240;
const MAX_WORDS: usize = 60;

/// A host's "no": the close code it gave and its own sentence (punktfunk/1 §1.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The application close code as it came.
    pub code: u64,
    /// The host's sentence, freed of everything that could act on a terminal; may be empty.
    pub reason: String,
}

impl Refusal {
    pub(crate) fn new(code: u64, reason: &[u8]) -> Self {
        Self { code, reason: printable(&String::from_utf8_lossy(reason)) }
    }

    /// The code's meaning, when it is one this protocol defines.
    #[must_use]
    pub fn meaning(&self) -> Option<CloseCode> {
        CloseCode::from_code(self.code)
    }

    /// A stable word for scripts; `refused` for a code without a meaning.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.meaning() {
            Some(CloseCode::Done) => "ended",
            Some(CloseCode::PairingAborted) => "pairing_aborted",
            Some(CloseCode::Busy) => "busy",
            Some(CloseCode::Quit) => "quit",
            Some(CloseCode::TitleExited) => "title_exited",
            Some(CloseCode::PairingNotArmed) => "pairing_not_armed",
            Some(CloseCode::PairingForAnother) => "pairing_for_another",
            Some(CloseCode::PairingTooSoon) => "pairing_too_soon",
            Some(CloseCode::CertificateRequired) => "certificate_required",
            Some(CloseCode::Denied) => "denied",
            Some(CloseCode::NotApproved) => "not_approved",
            Some(CloseCode::Superseded) => "superseded",
            Some(CloseCode::WireVersion) => "wire_version",
            Some(CloseCode::SetupFailed) => "setup_failed",
            Some(CloseCode::AccessEnded) => "access_ended",
            Some(CloseCode::LaunchRefused) => "launch_refused",
            Some(CloseCode::HostGoingDown) => "host_going_down",
            None => "refused",
        }
    }
}

/// What the code means and what to do next, then the host's own words where they say something else.
impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sentence = match self.meaning() {
            Some(CloseCode::Done) => "The host ended the connection; connect again to go on.",
            Some(code) => code.sentence(),
            None => {
                "The host ended the connection for a reason this version does not know; look at the host's log."
            }
        };
        write!(f, "{sentence} (code 0x{:02x}", self.code)?;
        if !self.reason.is_empty() && self.reason != sentence {
            write!(f, ", the host says: “{}”", self.reason)?;
        }
        f.write_str(")")
    }
}

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The name could not be looked up.
    #[error("the name '{host}' cannot be found ({reason}). Check the spelling, or give the host's address.")]
    NotFound {
        /// The name as it was given.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nothing answered within the budget for dialling.
    #[error("no answer from {address} within {} s. Check that the host is on and that UDP port {} is open.", .waited.as_secs(), .address.port())]
    Unreachable {
        /// What was dialled.
        address: SocketAddr,
        /// How long.
        waited: Duration,
    },
    /// The host answered, but neither let this device in nor refused it within the budget.
    #[error("the host has not answered within {} s. Approve this device on the host, then connect again.", .waited.as_secs())]
    Unanswered {
        /// How long.
        waited: Duration,
    },
    /// The certificate shown is not the pinned one.
    #[error(
        "this is not the known host: it shows the fingerprint {shown}, pinned is {pinned}. If the host was set up anew, pair with it again; otherwise somebody may be in between."
    )]
    WrongHost {
        /// What the handshake showed.
        shown: DeviceId,
        /// What it had to be.
        pinned: DeviceId,
    },
    /// The other end speaks QUIC, but not this protocol.
    #[error("the host does not speak punktfunk/1. Update the older of host and client.")]
    WrongProtocol,
    /// The encrypted connection could not be made.
    #[error(
        "no secure connection: {reason}. Check that this address is a punktfunk host and that its certificate is its own."
    )]
    Insecure {
        /// What the handshake said.
        reason: String,
    },
    /// The host said no.
    #[error("{0}")]
    Refused(Refusal),
    /// The host sent something that this protocol does not allow.
    #[error(
        "the host broke the protocol: {what}. Update host and client; if it stays, report it with both versions."
    )]
    Protocol {
        /// Which rule was broken.
        what: String,
    },
    /// The connection was lost on the way.
    #[error("the connection was lost while it was set up ({reason}). Check the network and connect again.")]
    Lost {
        /// What the transport said.
        reason: String,
    },
    /// The caller cancelled.
    #[error("cancelled before the session began.")]
    Cancelled,
    /// This machine's own sockets or threads failed.
    #[error("this machine cannot connect: {0}. Check its network and limits.")]
    Local(#[from] std::io::Error),
    /// The identity cannot be used.
    #[error(
        "this device's identity cannot be used: {reason}. Move the identity directory away to get a new one; hosts must then approve it anew."
    )]
    Identity {
        /// What the TLS library said.
        reason: String,
    },
}

impl ConnectError {
    /// A stable word for scripts.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Unreachable { .. } => "unreachable",
            Self::Unanswered { .. } => "unanswered",
            Self::WrongHost { .. } => "wrong_host",
            Self::WrongProtocol => "wrong_protocol",
            Self::Insecure { .. } => "insecure",
            Self::Refused(refusal) => refusal.name(),
            Self::Protocol { .. } => "protocol",
            Self::Lost { .. } => "lost",
            Self::Cancelled => "cancelled",
            Self::Local(_) => "local",
            Self::Identity { .. } => "identity",
        }
    }

    /// The host's close code, where the host refused.
    #[must_use]
    pub fn close_code(&self) -> Option<u64> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            _ => None,
        }
    }

    pub(crate) fn protocol(what: impl std::fmt::Display) -> Self {
        Self::Protocol { what: what.to_string() }
    }
}

/// Why a pairing did not come about. Nothing is paired then, on either side.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PairError {
    /// The host's half does not fit the PIN or is no key exchange. Nothing that could be guessed from was sent.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// The host found our proof wrong.
    #[error("the host did not accept the PIN. Arm pairing on the host again; every PIN is good for one try.")]
    NotAccepted,
    /// What was given cannot be a PIN.
    #[error(transparent)]
    Pin(#[from] InvalidPin),
    /// The connection itself.
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

impl PairError {
    /// A stable word for scripts.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ceremony(CeremonyError::WrongPin(_)) => "wrong_pin",
            Self::Ceremony(CeremonyError::Malformed) => "malformed",
            Self::NotAccepted => "not_accepted",
            Self::Pin(_) => "bad_pin",
            Self::Connect(error) => error.name(),
        }
    }

    /// The host's close code, where the host refused.
    #[must_use]
    pub fn close_code(&self) -> Option<u64> {
        match self {
            Self::Connect(error) => error.close_code(),
            _ => None,
        }
    }
}

/// How a session came to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionEnd {
    /// The host closed it.
    #[error("{0}")]
    ByHost(Refusal),
    /// This side closed it.
    #[error("the session was ended here.")]
    Quit,
    /// The connection was lost.
    #[error("the connection to the host was lost ({0}). Check the network and connect again.")]
    Lost(String),
}

impl SessionEnd {
    pub(crate) fn from_transport(error: &quinn::ConnectionError) -> Self {
        match error {
            quinn::ConnectionError::ApplicationClosed(close) => {
                Self::ByHost(Refusal::new(close.error_code.into_inner(), &close.reason))
            }
            quinn::ConnectionError::LocallyClosed => Self::Quit,
            other => Self::Lost(printable(&other.to_string())),
        }
    }
}

/// What somebody else wrote, safe to print: one line, bounded, nothing in it that could act on a terminal.
pub(crate) fn printable(text: &str) -> String {
    let mut clean = String::new();
    for word in
        text.split_whitespace().take(MAX_WORDS).filter_map(|word| DeviceName::sanitise(word, MAX_NAME_BYTES))
    {
        if clean.len() + 1 + word.as_str().len() > MAX_WORDS_BYTES {
            break;
        }
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean += word.as_str();
    }
    clean
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_hosts_words_cannot_act_on_a_terminal() {
        let refusal = Refusal::new(0x68, "no\x1b[2J\u{202e}pe\r\nreally\u{200b}\u{7}".as_bytes());
        assert_eq!(refusal.reason, "nope really");
        assert!(!refusal.to_string().chars().any(char::is_control));
    }

    #[test]
    fn a_hosts_words_are_bounded_and_need_not_be_utf8() {
        assert!(Refusal::new(0x68, "é".repeat(9000).as_bytes()).reason.len() <= MAX_WORDS_BYTES);
        assert!(Refusal::new(0x68, &[0xff; 50]).reason.len() <= MAX_WORDS_BYTES);
    }

    #[test]
    fn every_refusal_shows_its_code_and_the_hosts_words() {
        for code in (0x00..=0x7f).chain([u64::MAX >> 2]) {
            let text = Refusal::new(code, b"because of rain").to_string();
            assert!(text.contains(&format!("0x{code:02x}")) && text.contains("because of rain"), "{text}");
        }
    }

    #[test]
    fn the_hosts_words_are_not_said_twice() {
        let sentence = CloseCode::Denied.sentence();
        let text = Refusal::new(CloseCode::Denied.code().into(), sentence.as_bytes()).to_string();
        assert_eq!(text.matches(sentence).count(), 1, "{text}");
    }

    #[test]
    fn every_code_has_a_word_of_its_own() {
        let names: BTreeSet<_> =
            CloseCode::ALL.iter().map(|code| Refusal::new(code.code().into(), b"").name()).collect();
        assert_eq!(names.len(), CloseCode::ALL.len());
        assert!(!names.contains("refused"));
    }
}
