//! What a person sees of a fingerprint.

use punktfunk_trust::DeviceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::{colour, words};

/// What tells a device from every other, whatever they call themselves: shown beside each name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Looks {
    /// The fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8)]
    pub words: Vec<String>,
    /// The fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: String,
}

impl From<&DeviceId> for Looks {
    fn from(device: &DeviceId) -> Self {
        Self { words: words(device), colour: colour(device) }
    }
}
