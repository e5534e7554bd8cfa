//! Who may publish: minisign signatures under the owner's keys and those that they have announced.

use minisign_verify::{PublicKey, Signature};
use serde::{Deserialize, Serialize};

/// The most announced keys that are remembered.
pub const MAX_ANNOUNCED: usize = 8;

/// A key that a manifest has announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// The new key.
    pub key: String,
    /// The key that signed the manifest.
    pub by: String,
}

/// Why a manifest is nobody's.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// There is no key to check with.
    #[error("no key is trusted: put the publisher's public key into `update.keys` of the policy")]
    NoKey,
    /// A key is none.
    #[error(
        "{key:?} is not a minisign public key; it is the line that starts with RW in the publisher's .pub file"
    )]
    BadKey {
        /// The text.
        key: String,
    },
    /// The signature is none.
    #[error("the feed's signature cannot be read ({0}); is {feed} complete?", feed = crate::manifest::SIGNATURE)]
    Unreadable(String),
    /// No trusted key made it.
    #[error(
        "the manifest is not signed by a key that this box trusts, or was changed; nothing was taken from it. If the publisher has a new key, put it into `update.keys` of the policy"
    )]
    Untrusted,
}

/// The keys that may sign.
#[derive(Clone, Debug, Default)]
pub struct TrustedKeys {
    keys: Vec<(String, PublicKey)>,
}

impl TrustedKeys {
    /// The keys of the policy, and the announced ones whose announcer is trusted: when the owner takes a key out of the
    /// policy, everything that it has announced goes with it.
    ///
    /// # Errors
    /// [`SignatureError::BadKey`] for a key of the policy, [`SignatureError::NoKey`] when there is none.
    pub fn new(policy: &[String], announced: &[Announced]) -> Result<Self, SignatureError> {
        let mut trusted = Self::default();
        for key in policy {
            trusted.add(key)?;
        }
        // an announced key may have announced the next: as many rounds as there are links
        for _ in 0..announced.len() {
            for one in announced {
                if trusted.has(&one.by) && !trusted.has(&one.key) {
                    trusted.add(&one.key)?;
                }
            }
        }
        if trusted.keys.is_empty() { Err(SignatureError::NoKey) } else { Ok(trusted) }
    }

    /// Checks that `signature` (the text of a `.minisig`) is that of `bytes` by a trusted key; says which.
    ///
    /// # Errors
    /// [`SignatureError::Unreadable`] and [`SignatureError::Untrusted`].
    pub fn check(&self, bytes: &[u8], signature: &str) -> Result<&str, SignatureError> {
        let signature =
            Signature::decode(signature).map_err(|why| SignatureError::Unreadable(why.to_string()))?;
        // legacy signatures hash nothing beforehand and are not made any more
        let made_by = self.keys.iter().find(|(_, key)| key.verify(bytes, &signature, false).is_ok());
        made_by.map(|(text, _)| text.as_str()).ok_or(SignatureError::Untrusted)
    }

    fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|(text, _)| text == key)
    }

    fn add(&mut self, key: &str) -> Result<(), SignatureError> {
        self.keys.push((key.to_owned(), public_key(key)?));
        Ok(())
    }
}

/// Reads a public key: 56 characters that start with `RW`.
///
/// # Errors
/// [`SignatureError::BadKey`].
pub fn public_key(text: &str) -> Result<PublicKey, SignatureError> {
    PublicKey::from_base64(text).map_err(|_| SignatureError::BadKey { key: text.chars().take(80).collect() })
}

/// What is remembered after a manifest signed by `by` has announced `keys`; bounded, and never a key twice.
pub fn announce(known: &mut Vec<Announced>, by: &str, keys: &[String]) -> Vec<String> {
    let mut new = Vec::new();
    for key in keys {
        let is_new = !known.iter().any(|one| &one.key == key) && key != by;
        if is_new && known.len() < MAX_ANNOUNCED && public_key(key).is_ok() {
            known.push(Announced { key: key.clone(), by: by.to_owned() });
            new.push(key.clone());
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use minisign::KeyPair;
    use proptest::prelude::*;

    use super::*;

    fn pair() -> (KeyPair, String) {
        let pair = KeyPair::generate_unencrypted_keypair().unwrap();
        let text = pair.pk.to_base64();
        (pair, text)
    }

    fn sign(pair: &KeyPair, bytes: &[u8]) -> String {
        minisign::sign(None, &pair.sk, bytes, None, None).unwrap().into_string()
    }

    #[test]
    fn only_a_trusted_key_makes_a_good_signature() {
        let (good, good_key) = pair();
        let (wrong, _) = pair();
        let keys = TrustedKeys::new(std::slice::from_ref(&good_key), &[]).unwrap();
        assert_eq!(keys.check(b"manifest", &sign(&good, b"manifest")).unwrap(), good_key);
        assert!(matches!(
            keys.check(b"manifest", &sign(&wrong, b"manifest")),
            Err(SignatureError::Untrusted)
        ));
        assert!(matches!(keys.check(b"manifesT", &sign(&good, b"manifest")), Err(SignatureError::Untrusted)));
        assert!(matches!(keys.check(b"manifest", "nonsense"), Err(SignatureError::Unreadable(_))));
    }

    #[test]
    fn announced_keys_are_trusted_as_long_as_their_announcer_is() {
        let ((_, first), (second_pair, second), (third_pair, third)) = (pair(), pair(), pair());
        let mut announced = Vec::new();
        assert_eq!(announce(&mut announced, &second, std::slice::from_ref(&third)), [third.as_str()]);
        assert_eq!(announce(&mut announced, &first, std::slice::from_ref(&second)), [second.as_str()]);
        let keys = TrustedKeys::new(std::slice::from_ref(&first), &announced).unwrap();
        assert!(keys.check(b"m", &sign(&second_pair, b"m")).is_ok());
        assert!(keys.check(b"m", &sign(&third_pair, b"m")).is_ok());

        let (_, other) = pair();
        let keys = TrustedKeys::new(&[other], &announced).unwrap();
        assert!(keys.check(b"m", &sign(&second_pair, b"m")).is_err());
        assert!(keys.check(b"m", &sign(&third_pair, b"m")).is_err());
    }

    #[test]
    fn announcements_are_bounded_and_must_be_keys() {
        let (_, by) = pair();
        let mut known = Vec::new();
        assert!(announce(&mut known, &by, &["RWnonsense".to_owned(), by.clone()]).is_empty());
        let many: Vec<String> = (0..MAX_ANNOUNCED + 3).map(|_| pair().1).collect();
        assert_eq!(announce(&mut known, &by, &many).len(), MAX_ANNOUNCED);
    }

    proptest! {
        #[test]
        fn no_signature_and_no_key_makes_it_panic(text in ".{0,300}", lines in "(.{0,100}\n){0,6}") {
            let keys = TrustedKeys::new(&[pair().1], &[]).unwrap();
            for text in [&text, &lines] {
                prop_assert!(keys.check(b"manifest", text).is_err());
                prop_assert!(public_key(text).is_err());
            }
        }
    }

    #[test]
    fn without_keys_nothing_is_trusted() {
        assert!(matches!(TrustedKeys::new(&[], &[]), Err(SignatureError::NoKey)));
        assert!(matches!(TrustedKeys::new(&["RWx".to_owned()], &[]), Err(SignatureError::BadKey { .. })));
    }
}
