//! The policy of a punktfunk box: one YAML file, its schema and its diagnostics.
//!
//! [`load`] reads a file into a [`Loaded`]: the typed [`Policy`], whose every key has a default, and the
//! [`Origins`] of its values. What is wrong with a file comes back as [`Diagnostics`], all of it at once.
//! [`json_schema`] and [`reference_markdown`] are made from the same types.

mod check;
mod diagnostics;
mod keys;
mod load;
mod markdown;
mod origins;
mod policy;
mod read;
mod reference;
mod schema;
mod show;
mod suggest;
mod values;
mod yaml;

pub use diagnostics::{Diagnostics, Fault, Mark};
pub use load::{MAX_FILE_BYTES, load, parse, parse_bytes};
pub use markdown::{YamlBlock, yaml_blocks};
pub use origins::{Loaded, Origin, Origins};
pub use policy::{
    App, Audio, Bitrates, Capture, Console, DeclaredDevice, Doors, Encode, Encryption, GameStreamDoor, Input,
    Limits, NativeDoor, Pairing, Pending, Pin, Policy, SCHEMA_VERSION, Update, UpdateWindow, WEAKER_DOOR,
};
pub use reference::{description_of, reference_markdown};
pub use schema::json_schema;
pub use show::{Row, rows, show};
pub use values::{
    Backend, Bitrate, Codec, FeedUrl, Fingerprint, HostName, Listen, Output, Percent, Port, SoundSource,
    Source, UpdateKey, ValueError, VideoMode, format_duration, parse_duration,
};
