/// The code with which a clipboard stream is reset (punktfunk/1 §1.5).
pub const STREAM_CANCELLED: u64 = 0x70;

macro_rules! close_codes {
    ($($(#[$meta:meta])* $name:ident = $code:literal, $sentence:literal;)*) => {
        /// Why a connection ends: the application code of CONNECTION_CLOSE (punktfunk/1 §1.5).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum CloseCode { $($(#[$meta])* $name = $code,)* }

        impl CloseCode {
            /// Every code of this protocol.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The reason a code stands for; `None` is a generic failure.
            #[must_use]
            pub fn from_code(code: u64) -> Option<Self> {
                match code { $($code => Some(Self::$name),)* _ => None }
            }

            /// One sentence for a person, to send as the reason when there is no better one.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

close_codes! {
    /// Normal end, pairing done, or a probe that only looked.
    Done = 0x00, "Done.";
    /// The client refused or broke off the pairing.
    PairingAborted = 0x01, "The pairing was broken off at the device; arm a new PIN and try again.";
    /// No room for another session.
    Busy = 0x42, "The host has no room for another session; end one and connect again.";
    /// The user of the client ended the session on purpose.
    Quit = 0x51, "The session was ended at the device.";
    /// The launched title ended.
    TitleExited = 0x52, "The title that was started has ended.";
    /// No PIN is armed, or this device may not use the one that is.
    PairingNotArmed = 0x60, "Pairing is not armed; arm a PIN on the host, then try again.";
    /// The armed PIN belongs to another device.
    PairingForAnother = 0x61, "The PIN is meant for another device; arm one for this device.";
    /// Attempts come too fast.
    PairingTooSoon = 0x62, "That was too soon after the last attempt; wait a little and try again.";
    /// The client showed no certificate.
    CertificateRequired = 0x63, "The device showed no certificate; set up its identity and connect again.";
    /// The owner said no.
    Denied = 0x64, "The owner of the host has denied access; ask them, then knock again.";
    /// Nobody answered.
    NotApproved = 0x65, "Nobody approved this device in time; approve it on the host and connect again.";
    /// The same device knocked again on a newer connection.
    Superseded = 0x66, "A newer request of this device has taken the place of this one.";
    /// The versions differ.
    WireVersion = 0x67, "Host and device speak different versions; update the older of the two.";
    /// Set-up failed; a better sentence is usually sent along.
    SetupFailed = 0x68, "The session could not be set up; the host's log says why.";
    /// Access has run out or was taken back.
    AccessEnded = 0x69, "The access of this device has ended; ask the owner of the host to pair it again.";
    /// This device may not start that title.
    LaunchRefused = 0x6a, "This device may not start that title; ask the owner of the host.";
    /// The host goes to sleep, restarts or shuts down.
    HostGoingDown = 0x6b, "The host is going down; connect again when it is back.";
}

impl CloseCode {
    /// The number on the wire.
    #[must_use]
    pub fn code(self) -> u32 {
        self as u32
    }
}

impl std::fmt::Display for CloseCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "0x{:02x}: {}", self.code(), self.sentence())
    }
}
