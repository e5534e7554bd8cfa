use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::values::name as readable_name;

/// Something that a device can start on the box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// What devices call it; at most 64 bytes. A picture that a device keeps of it goes by this name.
    #[schemars(length(min = 1, max = 64), example = &"Steam")]
    #[serde(deserialize_with = "readable_name")]
    pub name: String,

    /// The program and its arguments, each a text of its own. No shell reads them.
    #[schemars(length(min = 1, max = 64), example = &["steam", "-bigpicture"])]
    pub command: Vec<String>,

    /// A PNG picture of it, by its full path, of at most 2 MiB and 2048 pixels a side; the host must be able to read it. Without
    /// one the box draws one with the name on it.
    #[serde(default)]
    pub art: Option<String>,
}
