//! What a device looks like to people: its fingerprint's words and colour.

use punktfunk_trust::DeviceId;

/// The words of a fingerprint.
pub(crate) fn words(device: &DeviceId) -> Vec<String> {
    device.words().map(str::to_owned).to_vec()
}

/// The colour of a fingerprint, `#rrggbb`.
pub(crate) fn colour(device: &DeviceId) -> String {
    device.colour().hex.to_owned()
}

/// A fingerprint for examples in the API's document, and its words.
pub(crate) const EXAMPLE_FINGERPRINT: &str =
    "9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab9f2c41ab";
pub(crate) const EXAMPLE_WORDS: [&str; 8] =
    ["mocha", "canoe", "compass", "ocean", "mocha", "canoe", "compass", "ocean"];

/// The code of a connection, for examples.
pub(crate) const EXAMPLE_CODE: [&str; 4] = ["mocha", "canoe", "compass", "ocean"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_a_true_one() {
        assert_eq!(EXAMPLE_FINGERPRINT.parse::<DeviceId>().unwrap().words(), EXAMPLE_WORDS);
    }
}
