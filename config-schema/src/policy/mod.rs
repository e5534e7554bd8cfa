//! The policy: everything that a box may do, as one tree of plain values. The field names are the
//! file's keys, the doc comments become the schema's and the reference's descriptions, and `Default`
//! is the embedded default.

mod apps;
mod media;
mod network;
mod pairing;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::{VideoMode, name as readable_name};

pub use apps::App;
pub use media::{Audio, Bitrates, Capture, Encode, Input};
pub use network::{
    Console, Doors, Encryption, GameStreamDoor, NativeDoor, Update, UpdateWindow, WEAKER_DOOR,
};
pub use pairing::{DeclaredDevice, Pairing, Pending, Pin};

/// The version of the policy's shape that this crate reads.
pub const SCHEMA_VERSION: u32 = 1;

/// What a punktfunk box may do. Every key may be left out and then has its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(title = "punktfunk policy")]
pub struct Policy {
    /// The version of this file's shape. Always 1 for now.
    #[schemars(range(min = 1, max = 1))]
    pub schema: u32,

    /// The name under which the box appears in lists on phones and televisions; at most 64 bytes.
    #[schemars(length(min = 1, max = 64), example = "Living Room")]
    #[serde(deserialize_with = "readable_name")]
    pub name: String,

    /// Who is let in, and how a new device gets there.
    pub pairing: Pairing,

    /// Devices that are let in by this file. They are listed as declared, and leave only by being taken
    /// out here.
    #[schemars(length(max = 256))]
    pub devices: Vec<DeclaredDevice>,

    /// The protocols that the box answers to.
    pub doors: Doors,

    /// The console: the web page and API from which the box is looked after.
    pub console: Console,

    /// What is streamed.
    pub capture: Capture,

    /// What is heard in a stream.
    pub audio: Audio,

    /// How pictures are compressed and protected on their way.
    pub encode: Encode,

    /// What a client may do besides watching.
    pub input: Input,

    /// What Moonlight clients can start besides the desktop, if their devices may start apps at all. A runner starts them, as the
    /// user of the screen's session: the service punktfunk-apps.
    #[schemars(length(max = 64))]
    pub apps: Vec<App>,

    /// How much at once.
    pub limits: Limits,

    /// How the box keeps itself up to date.
    pub update: Update,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            schema: SCHEMA_VERSION,
            name: "punktfunk".to_owned(),
            pairing: Pairing::default(),
            devices: Vec::new(),
            doors: Doors::default(),
            console: Console::default(),
            capture: Capture::default(),
            audio: Audio::default(),
            encode: Encode::default(),
            input: Input::default(),
            apps: Vec::new(),
            limits: Limits::default(),
            update: Update::default(),
        }
    }
}

/// 4K as fast as good televisions go.
const LARGEST_MODE: VideoMode = match VideoMode::new(3840, 2160, 120) {
    Some(mode) => mode,
    None => unreachable!(),
};

/// How much at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// How many devices may stream at the same time; the next one is told that the box is full.
    #[schemars(range(min = 1, max = 32))]
    pub sessions: u8,

    /// The largest mode that a device gets, because pictures cost memory and time by their size. A device that wishes
    /// for more gets the largest picture of its shape that fits, upright or lying.
    pub max_mode: VideoMode,
}

impl Default for Limits {
    fn default() -> Self {
        Self { sessions: 4, max_mode: LARGEST_MODE }
    }
}
