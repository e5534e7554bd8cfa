//! What a feed offers, believed only after its signature and its age are checked.

use jiff::{SignedDuration, Timestamp};

use crate::feed::{self, FeedError, Source};
use crate::hash::Sha256;
use crate::manifest::{
    MANIFEST, MAX_MANIFEST_BYTES, MAX_SIGNATURE_BYTES, Manifest, ManifestError, SIGNATURE,
};
use crate::signature::{SignatureError, TrustedKeys, announce};
use crate::state::{Memory, Outcome};
use crate::status::moment;

/// How far the publisher's clock may be ahead of the box's.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_hours(24);

/// A manifest that a trusted key has signed and that is not out of date.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What it says.
    pub manifest: Manifest,
    /// The hash of its bytes: which manifest it is.
    pub sha256: Sha256,
    /// The key that signed it.
    pub key: String,
}

/// Why nothing is taken from a feed.
#[derive(Debug, thiserror::Error)]
pub enum OfferError {
    /// It gave nothing.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// Nobody who is trusted has signed it.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It is signed, but cannot be used.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It is too old to be believed.
    #[error(
        "the manifest expired at {} (here it is {}): the publisher must sign a new one; if this box's clock is wrong, set it with `timedatectl`",
        moment(*.expires), moment(*.now)
    )]
    Expired {
        /// Until when it was valid.
        expires: Timestamp,
        /// The time on this box.
        now: Timestamp,
    },
    /// It is from the future.
    #[error(
        "the manifest was made at {}, but here it is {}: set this box's clock with `timedatectl`",
        moment(*.created), moment(*.now)
    )]
    FromTheFuture {
        /// When it was made.
        created: Timestamp,
        /// The time on this box.
        now: Timestamp,
    },
    /// A newer one was seen already.
    #[error(
        "the manifest was made at {}, this box has seen one of {}: somebody replays an old one, or the feed was set back. To take it all the same, say --allow-downgrade",
        moment(*.created), moment(*.newest)
    )]
    Replayed {
        /// When it was made.
        created: Timestamp,
        /// When the newest that was seen was made.
        newest: Timestamp,
    },
}

/// Fetches and checks what `source` offers, in this order: signature, form, age. What it says about keys and safety is
/// taken over into `memory`, which the caller saves. `replay` accepts a manifest that is older than one seen before.
///
/// # Errors
/// [`OfferError`]; then nothing was taken over.
pub fn fetch(
    source: &dyn Source,
    keys: &[String],
    memory: &mut Memory,
    now: Timestamp,
    replay: bool,
) -> Result<Offer, OfferError> {
    let trusted = TrustedKeys::new(keys, &memory.announced)?;
    let signature = feed::small(source, SIGNATURE, MAX_SIGNATURE_BYTES)?;
    let bytes = feed::small(source, MANIFEST, MAX_MANIFEST_BYTES)?;
    let key = trusted.check(&bytes, &String::from_utf8_lossy(&signature))?.to_owned();
    let manifest = Manifest::parse(&bytes)?;
    let newest = memory.newest_manifest.filter(|newest| *newest > manifest.created);
    fresh(&manifest, newest.filter(|_| !replay), now)?;
    memory.accept(&manifest, now);
    if let Some(newest) = newest {
        let (created, newest) = (moment(manifest.created), moment(newest));
        let reason =
            format!("its manifest of {created} was accepted by the owner's word, after one of {newest}");
        memory.record(&manifest.version, Outcome::Overridden, reason, now);
    }
    let new = announce(&mut memory.announced, &key, &manifest.next_keys);
    if !new.is_empty() {
        let reason = format!("{} may sign from now on, says {key}", new.join(" and "));
        memory.record(&manifest.version, Outcome::KeysAnnounced, reason, now);
    }
    Ok(Offer { sha256: Sha256::of(&bytes), manifest, key })
}

fn fresh(manifest: &Manifest, newest: Option<Timestamp>, now: Timestamp) -> Result<(), OfferError> {
    let (created, expires) = (manifest.created, manifest.expires);
    if expires <= now {
        return Err(OfferError::Expired { expires, now });
    }
    if now.duration_until(created) > CLOCK_TOLERANCE {
        return Err(OfferError::FromTheFuture { created, now });
    }
    match newest {
        Some(newest) => Err(OfferError::Replayed { created, newest }),
        None => Ok(()),
    }
}
