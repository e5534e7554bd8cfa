//! The owner's password: which ones are taken, and how one is kept (argon2id).

use std::fmt;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use punktfunk_trust::Randomness;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use unicode_normalization::UnicodeNormalization as _;

/// The fewest characters of a password.
pub const MIN_CHARS: usize = 10;
/// The longest password, in bytes of UTF-8: any passphrase, and still little work before it is hashed.
pub const MAX_BYTES: usize = 1024;

/// Memory of one hash in KiB, passes and lanes, as OWASP recommends for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// What is tried first by whoever guesses: these words, with or without digits and signs around them.
const OBVIOUS: [&str; 22] = [
    "password",
    "passwort",
    "passphrase",
    "punktfunk",
    "administrator",
    "administratorin",
    "adminadmin",
    "letmein",
    "letmeinplease",
    "iloveyou",
    "ichliebedich",
    "welcome",
    "willkommen",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "changeme",
    "livingroom",
    "wohnzimmer",
    "streaming",
    "moonlight",
    "sunshine",
];

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Fewer than [`MIN_CHARS`] characters.
    #[error(
        "the password needs at least {MIN_CHARS} characters; several words in a row are easy to remember"
    )]
    TooShort,
    /// More than [`MAX_BYTES`] bytes.
    #[error("the password is longer than {MAX_BYTES} bytes; take a shorter one")]
    TooLong,
    /// One of those that are tried first.
    #[error(
        "this password is one of the first that anybody would try; several words that do not belong together are better"
    )]
    Obvious,
    /// What the box is called.
    #[error("the name of the box is no secret; take another password")]
    BoxName,
}

impl Weak {
    /// The stable word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Obvious => "obvious",
            Self::BoxName => "box_name",
        }
    }

    /// Whether `password` may be the password of a box of that name.
    ///
    /// # Errors
    /// Why not.
    pub fn check(password: &str, box_name: &str) -> Result<(), Self> {
        if password.len() > MAX_BYTES {
            return Err(Self::TooLong);
        }
        let text: String = password.nfc().flat_map(char::to_lowercase).collect();
        if text.chars().count() < MIN_CHARS {
            return Err(Self::TooShort);
        }
        if core(&text) == core(&box_name.nfc().flat_map(char::to_lowercase).collect::<String>()) {
            return Err(Self::BoxName);
        }
        if OBVIOUS.contains(&core(&text).as_str()) || is_a_run(&text) || has_few_characters(&text) {
            return Err(Self::Obvious);
        }
        Ok(())
    }
}

/// The letters, without what people put around and between them; all of it when there are none.
fn core(text: &str) -> String {
    let letters: String = text.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.is_empty() { text.to_owned() } else { letters }
}

/// `1234567890`, `abcdefghij`, `9876543210`.
fn is_a_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let follows = |step: i64| {
        let breaks = codes.windows(2).filter(|pair| pair[1] - pair[0] != step).count();
        // a run may begin again, as in 12345678901
        breaks <= 1
    };
    follows(1) || follows(-1)
}

/// `aaaaaaaaaa`, `1212121212`, `abcabcabcabc`.
fn has_few_characters(text: &str) -> bool {
    let mut characters: Vec<char> = text.chars().collect();
    characters.sort_unstable();
    characters.dedup();
    characters.len() < 4
}

/// A hashed password, as a PHC string. Printing it shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed: {0}; that is a mistake of the host, its log may say more")]
pub struct HashError(String);

impl PasswordHash {
    /// Hashes `password`. Takes tens of milliseconds and 19 MiB: not for a thread that answers others.
    ///
    /// # Errors
    /// The parameters of the hash do not fit together.
    pub fn of(password: &str, random: &mut dyn Randomness) -> Result<Self, HashError> {
        let mut salt = [0; SALT_BYTES];
        random.fill(&mut salt);
        let hashed = hasher()?.hash_password_with_salt(plain(password).as_bytes(), &salt);
        hashed.map(|hash: phc::PasswordHash| Self(hash.to_string())).map_err(|why| HashError(why.to_string()))
    }

    /// Whether `password` is the one that was hashed. As slow as hashing.
    pub(crate) fn is_of(&self, password: &str) -> bool {
        if password.len() > MAX_BYTES {
            return false;
        }
        let Ok(hash) = phc::PasswordHash::new(&self.0) else { return false };
        Argon2::default().verify_password(plain(password).as_bytes(), &hash).is_ok()
    }
}

fn hasher() -> Result<Argon2<'static>, HashError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|why| HashError(why.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// One and the same text may be typed in several encodings; this is the one that is hashed.
fn plain(password: &str) -> String {
    password.nfc().collect()
}

/// A password that has been compared with the box's, right or wrong.
#[derive(Debug)]
pub struct Checked {
    pub(crate) is_right: bool,
    pub(crate) attempt: super::Attempt,
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl Serialize for PasswordHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PasswordHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match phc::PasswordHash::new(&text) {
            Ok(_) => Ok(Self(text)),
            Err(why) => Err(de::Error::custom(format_args!("this is no password hash: {why}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punktfunk_trust::SystemRandomness;

    #[test]
    fn a_password_matches_itself_alone_however_it_is_encoded() {
        let hash = PasswordHash::of("gr\u{fc}ne Wolken ziehen", &mut SystemRandomness::default()).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert!(hash.is_of("gr\u{fc}ne Wolken ziehen"));
        assert!(hash.is_of("gru\u{308}ne Wolken ziehen"), "typed on another keyboard");
        assert!(!hash.is_of("gr\u{fc}ne Wolken zieheN") && !hash.is_of(""));
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }

    #[test]
    fn a_long_passphrase_counts_to_its_last_byte() {
        let long = "x".repeat(MAX_BYTES - 1);
        let hash = PasswordHash::of(&format!("{long}a"), &mut SystemRandomness::default()).unwrap();
        assert!(hash.is_of(&format!("{long}a")) && !hash.is_of(&format!("{long}b")));
        assert!(!hash.is_of(&format!("{long}ab")));
    }

    #[test]
    fn what_anybody_would_try_first_is_refused() {
        let weak = |password: &str| Weak::check(password, "Living Room").err();
        assert_eq!(weak("short"), Some(Weak::TooShort));
        assert_eq!(weak("ninechars"), Some(Weak::TooShort));
        assert_eq!(weak("größte123"), Some(Weak::TooShort), "characters count, not bytes");
        assert_eq!(weak(&"a b".repeat(400)), Some(Weak::TooLong));
        for obvious in [
            "password123",
            "Passwort2026!",
            "P-a-s-s-w-o-r-d",
            "1234567890",
            "12345678901",
            "0987654321",
            "abcdefghij",
            "aaaaaaaaaa",
            "1212121212",
            "qwertyuiop",
            "punktfunk!!",
            "Wohnzimmer1",
            "!!!changeme!!!",
        ] {
            assert_eq!(weak(obvious), Some(Weak::Obvious), "{obvious}");
        }
        assert_eq!(weak("living-room"), Some(Weak::BoxName));
        assert_eq!(Weak::check("Cellar box 12", "cellar box"), Err(Weak::BoxName));
        for good in ["correct horse battery", "grüne Wolken ziehen", "7391-0482-55", "tr0ub4dor&3"] {
            assert_eq!(weak(good), None, "{good}");
        }
    }
}
