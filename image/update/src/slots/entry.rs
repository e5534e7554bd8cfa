//! Boot entries: unified kernel images whose file name counts the tries, as the boot loader specification has it.

use std::fmt;

use crate::version::Version;

/// How many times a new version is tried before the box goes back.
pub const TRIES: u32 = 3;

const PREFIX: &str = "punktfunk_";
const SUFFIX: &str = ".efi";

/// A unified kernel image on the boot partition, by its name: `punktfunk_1.2.4.efi` is good, `punktfunk_1.2.4+3.efi` has
/// three tries left, `punktfunk_1.2.4+0-3.efi` is bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What it boots.
    pub version: Version,
    /// `None` once it is good.
    pub tries: Option<Tries>,
    /// The name as it was found, with any leading zeros in its counters.
    file_name: String,
}

/// The counters of an entry that is not good yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// Before it counts as bad.
    pub left: u32,
    /// Begun already.
    pub done: u32,
}

impl Entry {
    /// The entry of a version that has proven itself.
    pub fn good(version: Version) -> Self {
        let file_name = format!("{PREFIX}{version}{SUFFIX}");
        Self { version, tries: None, file_name }
    }

    /// The entry of a version that is to be tried [`TRIES`] times.
    pub fn to_try(version: Version) -> Self {
        let file_name = format!("{PREFIX}{version}+{TRIES}{SUFFIX}");
        Self { version, tries: Some(Tries { left: TRIES, done: 0 }), file_name }
    }

    /// The entry of a version that is not to be booted by itself any more.
    pub fn bad(version: Version, done: u32) -> Self {
        let file_name = format!("{PREFIX}{version}+0-{done}{SUFFIX}");
        Self { version, tries: Some(Tries { left: 0, done }), file_name }
    }

    /// Reads a file name; `None` for files that are no entry of this product.
    pub fn parse(file_name: &str) -> Option<Self> {
        let stem = file_name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
        let (version, tries) = match stem.split_once('+') {
            None => (stem, None),
            Some((version, counters)) => {
                let (left, done) = counters.split_once('-').unwrap_or((counters, "0"));
                (version, Some(Tries { left: counter(left)?, done: counter(done)? }))
            }
        };
        Some(Self { version: version.parse().ok()?, tries, file_name: file_name.to_owned() })
    }

    /// Whether it has proven itself.
    pub fn is_good(&self) -> bool {
        self.tries.is_none()
    }

    /// Whether it has used up its tries.
    pub fn is_bad(&self) -> bool {
        self.tries.is_some_and(|tries| tries.left == 0)
    }

    /// Its name in the directory of entries.
    pub fn file_name(&self) -> &str {
        &self.file_name
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file_name)
    }
}

fn counter(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_name_is_an_entry_or_none(name in "punktfunk_[0-9.]{0,12}[+]?[0-9-]{0,8}.{0,4}") {
            if let Some(entry) = Entry::parse(&name) {
                prop_assert_eq!(entry.file_name(), name);
            }
        }
    }

    #[test]
    fn names_are_read_as_the_boot_loader_writes_them() {
        let tries = |name: &str| Entry::parse(name).map(|entry| entry.tries.map(|t| (t.left, t.done)));
        assert_eq!(tries("punktfunk_1.2.4.efi"), Some(None));
        assert_eq!(tries("punktfunk_1.2.4+3.efi"), Some(Some((3, 0))));
        assert_eq!(tries("punktfunk_1.2.4+3-0.efi"), Some(Some((3, 0))));
        assert_eq!(tries("punktfunk_1.2.4+2-1.efi"), Some(Some((2, 1))));
        assert_eq!(tries("punktfunk_1.2.4+0-3.efi"), Some(Some((0, 3))));
        for other in [
            "punktfunk_1.2.4+.efi",
            "punktfunk_1.2.4+x.efi",
            "punktfunk_x.efi",
            "other_1.2.efi",
            "punktfunk_1.2.4.efi.part",
        ] {
            assert_eq!(tries(other), None, "{other}");
        }
    }

    #[test]
    fn names_are_written_as_they_are_read() {
        let version: Version = "1.2.4".parse().unwrap();
        for entry in [Entry::good(version.clone()), Entry::to_try(version.clone()), Entry::bad(version, 2)] {
            assert_eq!(Entry::parse(entry.file_name()), Some(entry));
        }
        // a loader may keep leading zeros; the file must still be found under its own name
        assert_eq!(
            Entry::parse("punktfunk_1.2.4+02-01.efi").unwrap().file_name(),
            "punktfunk_1.2.4+02-01.efi"
        );
    }
}
