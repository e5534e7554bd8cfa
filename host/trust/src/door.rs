use serde::{Deserialize, Serialize};

/// A way into the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Door {
    /// punktfunk/1: a device is approved, or knows a PIN that the host shows.
    #[default]
    Native,
    /// GameStream, for Moonlight: the device shows a PIN, and its owner enters it here.
    GameStream,
}
