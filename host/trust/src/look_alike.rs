//! Names that a person would take for one another.

use unicode_security::confusable_detection::skeleton;

use crate::{Device, DeviceId, DeviceName};

/// The trusted device whose name could be mistaken for `name`, an exact namesake included; `id` itself does not count.
pub(crate) fn find<'a>(
    id: &DeviceId,
    name: &DeviceName,
    trusted: impl IntoIterator<Item = &'a Device>,
) -> Option<&'a Device> {
    let shapes = Shapes::of(name);
    trusted
        .into_iter()
        .filter(|device| device.id != *id)
        .find(|device| shapes.resemble(&Shapes::of(&device.name)))
}

/// What is left of a name when the differences that eyes miss are taken away: letters of other scripts (the skeleton of
/// UTS #39), case, spaces and punctuation. Case folds before and after, because `I`, `l` and `1` are one shape while `i` is
/// another.
struct Shapes {
    as_written: String,
    lower_case: String,
}

impl Shapes {
    fn of(name: &DeviceName) -> Self {
        Self { as_written: shape(name.as_str()), lower_case: shape(&name.as_str().to_lowercase()) }
    }

    fn resemble(&self, other: &Self) -> bool {
        self.as_written == other.as_written || self.lower_case == other.lower_case
    }
}

fn shape(text: &str) -> String {
    let flat: String = skeleton(text).flat_map(char::to_lowercase).collect();
    let letters: String = flat.chars().filter(|c| c.is_alphanumeric()).collect();
    // A name of signs and pictures alone is compared as it is.
    if letters.is_empty() { flat } else { letters }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Grant, MAX_NAME_BYTES, UnixSeconds};

    fn alike(a: &str, b: &str) -> bool {
        let name = |text| DeviceName::sanitise(text, MAX_NAME_BYTES).unwrap();
        let id = |byte| DeviceId::from_bytes([byte; 32]);
        let trusted = Device::approved(id(1), name(a), Grant::FULL, UnixSeconds(0));
        find(&id(2), &name(b), [&trusted]).is_some()
    }

    #[test]
    fn a_look_alike_of_a_trusted_name_is_found() {
        for imitation in [
            "Living Room TV",
            "living room tv",
            "LivingRoom-TV",
            "Living  Room\u{200b} TV.",
            "Lіving Room TV", // Cyrillic і
            "Liνing Rооm ТV", // Greek ν, Cyrillic о and Т
            "𝐋𝐢𝐯𝐢𝐧𝐠 𝐑𝐨𝐨𝐦 𝐓𝐕", // mathematical bold
        ] {
            assert!(alike("Living Room TV", imitation), "{imitation}");
        }
        assert!(alike("Philip", "PhiIip"));
        assert!(alike("Tablet 1", "Tablet l"));
        assert!(alike("📺", "📺"));
    }

    #[test]
    fn other_names_are_other_names() {
        for other in ["Living Room TV 2", "Bedroom TV", "Living Room", "📺"] {
            assert!(!alike("Living Room TV", other), "{other}");
        }
        assert!(!alike("Phone 1", "Phone 2"));
        assert!(!alike("📺", "📱"));
    }

    #[test]
    fn a_device_is_no_look_alike_of_itself() {
        let name = DeviceName::sanitise("TV", MAX_NAME_BYTES).unwrap();
        let id = DeviceId::from_bytes([1; 32]);
        let trusted = Device::approved(id, name.clone(), Grant::FULL, UnixSeconds(0));
        assert!(find(&id, &name, [&trusted]).is_none());
    }
}
