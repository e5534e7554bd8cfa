//! The policy of a punktfunk box: one YAML file, its schema and its diagnostics.

mod policy;
mod values;

pub use policy::{
    Bitrates, Capture, Console, DeclaredDevice, Doors, Encode, GameStreamDoor, Input, Limits, NativeDoor,
    Pairing, Pending, Pin, Policy, SCHEMA_VERSION, Update, UpdateWindow,
};
pub use values::{
    Backend, Bitrate, Codec, Fingerprint, Listen, Output, Percent, Port, Source, ValueError, format_duration,
    parse_duration,
};
