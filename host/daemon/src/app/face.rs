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
