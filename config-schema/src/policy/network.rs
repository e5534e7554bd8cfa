use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{Bitrate, DurationText, FeedUrl, HostName, Listen, Port, UpdateKey, duration_text};

/// The protocols that the box answers to. Doors open, close and change their ports at the next start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Doors {
    /// The door for punktfunk's own clients.
    pub native: NativeDoor,

    /// The door for Moonlight clients.
    pub gamestream: GameStreamDoor,
}

/// The door for punktfunk's own clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NativeDoor {
    /// Whether this door is open.
    pub enable: bool,

    /// The UDP port on which clients connect.
    pub port: Port,

    /// The UDP port from which pictures are sent; 0 takes a free one for each stream. A fixed port suits a strict firewall, and
    /// holds one stream: others at the same time are sent from free ports. Behind such a firewall, set limits.sessions to 1.
    #[schemars(range(min = 0, max = 65535))]
    pub data_port: u16,
}

impl Default for NativeDoor {
    fn default() -> Self {
        Self { enable: true, port: port(9777), data_port: 0 }
    }
}

/// TCP ports of the GameStream door, taken while it is open, counted from its port. The schema has them as `x-offsets`, for
/// who opens a firewall.
const GAMESTREAM_TCP: [i32; 3] = [-5, 0, 21];
/// As [`GAMESTREAM_TCP`], of UDP.
const GAMESTREAM_UDP: [i32; 3] = [9, 10, 11];
/// A host has no right to ports below 1024.
const LEAST_GAMESTREAM_PORT: u16 = 1024 + 5;
const MOST_GAMESTREAM_PORT: u16 = u16::MAX - 21;

/// What is said while the GameStream door is open.
pub const WEAKER_DOOR: &str = "the Moonlight door is open, whose protocol guards less than punktfunk's own: PINs of four digits, \
     requests to pair from anybody on the network, and names of hosts that are not proven; close it with \
     doors.gamestream.enable when no Moonlight client needs it";

/// The door for Moonlight clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("x-offsets" = serde_json::json!({ "tcp": GAMESTREAM_TCP, "udp": GAMESTREAM_UDP })))]
pub struct GameStreamDoor {
    /// Whether this door is open. The protocol is older and guards less; its ports are opened only then, and a device is let
    /// in at it only if it was paired there.
    pub enable: bool,

    /// The TCP port that Moonlight clients know the box by. The others of this door lie at fixed distances: TCP 5 below and 21
    /// above it, UDP 9, 10 and 11 above. With another than 47989, clients that do not find the box by themselves need it
    /// behind the address, as in 192.168.1.20:48100.
    #[schemars(range(min = LEAST_GAMESTREAM_PORT, max = MOST_GAMESTREAM_PORT))]
    pub port: u16,

    /// Whether only clients with an address of a local network are answered at this door.
    pub lan_only: bool,

    /// What a client must encrypt: `required` pictures and sound too, and a client that does not is refused; `offered` leaves
    /// them to the client, and the negotiation where its app is too old to encrypt it. Control and input are always
    /// encrypted.
    pub encryption: Encryption,
}

impl Default for GameStreamDoor {
    fn default() -> Self {
        Self { enable: false, port: 47989, lan_only: true, encryption: Encryption::Required }
    }
}

impl GameStreamDoor {
    /// The TCP ports that this door takes.
    #[must_use]
    pub fn tcp_ports(&self) -> [u16; 3] {
        GAMESTREAM_TCP.map(|offset| self.at(offset))
    }

    /// The UDP ports that this door takes.
    #[must_use]
    pub fn udp_ports(&self) -> [u16; 3] {
        GAMESTREAM_UDP.map(|offset| self.at(offset))
    }

    /// A port that lies outside of its range has been refused before anybody asks.
    fn at(&self, offset: i32) -> u16 {
        u16::try_from(i32::from(self.port) + offset).unwrap_or(0)
    }
}

/// What a Moonlight client must encrypt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encryption {
    /// Pictures and sound too.
    #[default]
    Required,
    /// Pictures and sound where the client wants it.
    Offered,
}

/// The console: the web page and API from which the box is looked after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Console {
    /// Who can open the console: `lan` everybody on the network (who must still show that they may), `local` only
    /// programs on the box itself, or a list of the box's addresses to listen on. A change takes effect at the next start.
    pub listen: Listen,

    /// The TCP port of the console (HTTPS). A change takes effect at the next start.
    pub port: Port,

    /// After how long a signed-in browser gives the password again before it lets a device in, throws
    /// one out, or does anything else that is weighty.
    #[serde(with = "duration_text")]
    #[schemars(with = "DurationText", extend("x-min" = "1m", "x-max" = "24h"))]
    pub reauth: Duration,

    /// Further names by which browsers may call the console. The machine's own name and addresses need not be listed; a
    /// request that calls the box by any other name is refused, so that no web page can reach it under a name of its own.
    #[schemars(length(max = 16), extend("uniqueItems" = true))]
    pub hosts: Vec<HostName>,
}

impl Default for Console {
    fn default() -> Self {
        Self {
            listen: Listen::Lan,
            port: port(47990),
            reauth: Duration::from_secs(5 * 60),
            hosts: Vec::new(),
        }
    }
}

/// How a flashed box keeps itself up to date. Elsewhere the machine's own package manager does that, and this section has no
/// effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Update {
    /// The address where new versions are announced. Without one the box looks for none. https:// hides what a box looks for;
    /// http:// will do too, because only what `keys` have signed is ever used.
    pub feed: Option<FeedUrl>,

    /// The public keys (minisign) of those who may publish versions for this box. Without one none is taken. A version that is
    /// signed by one of them may announce a further key, which then counts as long as the key that announced it.
    #[schemars(length(max = 8), extend("uniqueItems" = true))]
    pub keys: Vec<UpdateKey>,

    /// When a new version is put in place: `manual` only when somebody asks, `idle` when nobody streams,
    /// `night` when nobody streams between 3 and 5 o'clock.
    pub window: UpdateWindow,

    /// The most that a download may take of the network. Without it there is no limit.
    #[schemars(extend("x-min" = "100kbit/s", "x-max" = "10Gbit/s"))]
    pub bandwidth: Option<Bitrate>,

    /// After how long without any news from the feed the owner is told. With 0 nobody is.
    #[serde(with = "duration_text")]
    #[schemars(with = "DurationText", extend("x-min" = "0s", "x-max" = "8760h"))]
    pub silence: Duration,
}

impl Default for Update {
    fn default() -> Self {
        Self {
            feed: None,
            keys: Vec::new(),
            window: UpdateWindow::default(),
            bandwidth: None,
            silence: Duration::from_secs(14 * 24 * 3600),
        }
    }
}

/// When a new version is put in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UpdateWindow {
    /// Only when somebody asks for it.
    Manual,
    /// When nobody streams.
    #[default]
    Idle,
    /// When nobody streams, between 3 and 5 o'clock.
    Night,
}

const fn port(number: u16) -> Port {
    Port::new(number).expect("default ports are not 0")
}
