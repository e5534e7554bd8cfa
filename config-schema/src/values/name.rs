//! For `#[serde(deserialize_with)]`: a name that people can read and tell from others.

use serde::de::{Deserialize, Deserializer, Error};

/// The longest name, in bytes: what the wire can carry.
const MAX_BYTES: usize = 64;

pub(crate) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name.trim().is_empty() {
        return Err(D::Error::custom("is blank"));
    }
    if name.len() > MAX_BYTES {
        return Err(D::Error::custom(format_args!("is {} bytes long", name.len())));
    }
    if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(D::Error::custom("holds characters that cannot be seen; write it anew, by hand"));
    }
    Ok(name)
}

/// Marks that change how a text looks without being seen: zero-width and direction characters.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
