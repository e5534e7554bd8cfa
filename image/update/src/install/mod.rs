//! Putting a new version into the idle slot.
//!
//! The order is what keeps the box bootable when the power goes at any point: everything that could refuse comes first;
//! then the entry of the idle slot's old version goes, so that nothing half-written can be booted; then the slot is
//! filled, checked as a whole, named; and the entry that boots it comes last.

mod transfer;

pub use transfer::{CHECKPOINT, Progress, Stage};

use jiff::Timestamp;

use crate::chunks::IndexError;
use crate::feed::{FeedError, Patience, Source, Throttle};
use crate::guard::{Guard, GuardError};
use crate::manifest::{Kind, Manifest};
use crate::offer::Offer;
use crate::slots::{EMPTY, Entry, Label, SlotError, Slots};
use crate::state::{Journal, Outcome, State, StateError, Trial};
use crate::trial;
use crate::version::Version;

/// The room that stays free on the boot partition, in bytes.
const BOOT_RESERVE: u64 = 1 << 20;

/// Why a version was not installed. The running slot is as it was in any case.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// It is too old.
    #[error(
        "{version} is older than {floor}, below which this box does not go: the publisher must offer a newer one. To install it all the same, say --allow-downgrade"
    )]
    BelowFloor {
        /// What was offered.
        version: Version,
        /// The oldest that is accepted.
        floor: Version,
    },
    /// The box went back from it before.
    #[error("this box went back from {version} before ({reason}); to try it once more, say --again")]
    WentBack {
        /// What was offered.
        version: Version,
        /// Why it went back.
        reason: String,
    },
    /// The running version has not proven itself; the idle slot is what the box would go back to.
    #[error(
        "{0} runs on trial, and the other slot is what this box would go back to: wait until it has proven itself, or say so with `punktfunk-update mark-good`"
    )]
    OnTrial(Version),
    /// It does not fit.
    #[error("the {kind} file of {version} needs {needed} bytes, there is room for {room}: {}", remedy(*.kind))]
    NoRoom {
        /// What was offered.
        version: Version,
        /// The file.
        kind: Kind,
        /// Its size.
        needed: u64,
        /// The room.
        room: u64,
    },
    /// It is not the time.
    #[error(transparent)]
    NotNow(#[from] GuardError),
    /// The feed failed.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// A chunk index is not one.
    #[error("{name}: {why}")]
    Index {
        /// The index.
        name: String,
        /// What is wrong with it.
        why: IndexError,
    },
    /// What came to stand in the slot is not what it must be.
    #[error(
        "what was written as the {0} file does not read back as it must; it will be fetched anew. If this comes again, the disk is failing: see `smartctl -a`"
    )]
    Corrupt(Kind),
    /// A slot failed.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The state failed.
    #[error(transparent)]
    State(#[from] StateError),
}

impl InstallError {
    /// Whether a rule says no, rather than something going wrong.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::BelowFloor { .. } | Self::WentBack { .. } | Self::OnTrial(_) | Self::NotNow(_))
    }
}

fn remedy(kind: Kind) -> &'static str {
    match kind {
        Kind::Uki => "remove what does not belong on the boot partition (ESP)",
        Kind::Usr | Kind::Verity => {
            "this box was flashed with smaller slots, so flash it anew with the new image"
        }
    }
}

/// What an owner may wish.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wishes {
    /// Install what is older than the floor; it is written into the history.
    pub allow_downgrade: bool,
    /// Install what the box went back from.
    pub again: bool,
}

/// What an installation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// This version runs already.
    Runs,
    /// It is in the idle slot already and waits for a restart.
    Waits,
    /// It is in the idle slot now and will be tried at the next start.
    New {
        /// Bytes that came over the network.
        fetched: u64,
        /// Bytes that did not have to: the whole version's, but for those. A server without ranges sends all.
        saved: u64,
    },
}

/// Everything that an installation works with.
pub struct Installer<'a> {
    /// The slots.
    pub slots: &'a mut dyn Slots,
    /// The feed.
    pub source: &'a dyn Source,
    /// The state.
    pub state: &'a mut State,
    /// Who may ask to wait.
    pub guard: &'a dyn Guard,
    /// Who is told how far it is.
    pub progress: &'a mut dyn FnMut(&Progress),
    /// How long a bad connection is borne.
    pub patience: Patience,
    /// How fast bytes may come.
    pub throttle: Throttle,
}

impl Installer<'_> {
    /// Installs what `offer` offers, or goes on where the last try broke off.
    ///
    /// # Errors
    /// [`InstallError`]. What was fetched is kept for the next try, unless it was wrong.
    pub fn install(
        &mut self,
        offer: &Offer,
        wishes: Wishes,
        now: Timestamp,
    ) -> Result<Installed, InstallError> {
        let manifest = &offer.manifest;
        if let Some(already) = self.already(manifest)? {
            return Ok(already);
        }
        let below = self.may_be_installed(manifest, wishes)?;
        self.fits(manifest)?;
        self.guard.nobody_streams()?;
        if let Some(floor) = below {
            let reason = format!("installed by its owner's word although the floor is {floor}");
            self.state.memory.record(&manifest.version, Outcome::Overridden, reason, now);
            self.state.save()?;
        }
        let mut journal = self.begin(offer)?;
        let resumed = journal.written != [0; 3];
        let mut filled = self.fill(manifest, &mut journal);
        if resumed && matches!(filled, Err(InstallError::Corrupt(_) | InstallError::Slot(_))) {
            // the power went, and took more than the journal knows: from the start
            tracing::warn!("what an earlier try left behind cannot be used; everything is fetched anew");
            journal = self.begin(offer)?;
            filled = self.fill(manifest, &mut journal);
        }
        filled?;
        self.flip(manifest, now)?;
        let fetched = journal.fetched;
        Ok(Installed::New { fetched, saved: manifest.total_bytes().saturating_sub(fetched) })
    }

    /// Writes what the journal says is missing, and reads everything back. A journal that told wrong is dropped.
    fn fill(&mut self, manifest: &Manifest, journal: &mut Journal) -> Result<(), InstallError> {
        self.transfer(manifest, journal)?;
        let verified = self.verify(manifest, journal);
        if verified.is_err() {
            self.state.drop_journal()?;
        }
        verified
    }

    fn already(&self, manifest: &Manifest) -> Result<Option<Installed>, InstallError> {
        if self.slots.running().version.as_ref() == Some(&manifest.version) {
            return Ok(Some(Installed::Runs));
        }
        let entry = self.slots.entries()?.into_iter().find(|entry| entry.version == manifest.version);
        let same = self.slots.idle().usr_uuid == manifest.root_hash.usr_uuid();
        Ok(entry.filter(|entry| same && !entry.is_bad()).map(|_| Installed::Waits))
    }

    /// Whether the rules allow it; gives the floor that an override goes under.
    fn may_be_installed(&self, manifest: &Manifest, wishes: Wishes) -> Result<Option<Version>, InstallError> {
        let running = self.slots.running().version.clone().ok_or(SlotError::NoSlot)?;
        let entries = self.slots.entries()?;
        let mut own = entries.iter().filter(|entry| entry.version == running).peekable();
        if own.peek().is_none() {
            return Err(SlotError::NoEntry(running).into());
        }
        if !own.any(Entry::is_good) {
            return Err(InstallError::OnTrial(running));
        }
        let version = manifest.version.clone();
        let memory = &self.state.memory;
        if let Some(event) = memory.went_back_from(&version).filter(|_| !wishes.again) {
            return Err(InstallError::WentBack { version, reason: event.reason.clone() });
        }
        // what runs is a floor too, also before it was written down as one
        let floor = memory.floor().max(Some(&running)).filter(|floor| version < **floor).cloned();
        match floor {
            Some(floor) if !wishes.allow_downgrade => Err(InstallError::BelowFloor { version, floor }),
            floor => Ok(floor),
        }
    }

    fn fits(&self, manifest: &Manifest) -> Result<(), InstallError> {
        for kind in Kind::ALL {
            let needed = manifest.file(kind).size;
            let room = match self.slots.idle().room(kind) {
                Some(room) => room,
                None => self.slots.boot_room(&self.going()?)?.saturating_sub(BOOT_RESERVE),
            };
            if needed > room {
                return Err(InstallError::NoRoom { version: manifest.version.clone(), kind, needed, room });
            }
        }
        Ok(())
    }

    /// The entries that boot neither slot once the idle one is overwritten.
    fn going(&self) -> Result<Vec<Entry>, SlotError> {
        let running = self.slots.running().version.clone();
        Ok(self
            .slots
            .entries()?
            .into_iter()
            .filter(|entry| Some(&entry.version) != running.as_ref())
            .collect())
    }

    /// Makes the idle slot unbootable and its name say so; or finds a download that may go on.
    fn begin(&mut self, offer: &Offer) -> Result<Journal, InstallError> {
        let going = self.going()?;
        let idle = self.slots.idle();
        let untouched = idle.label == EMPTY || idle.usr_uuid == offer.manifest.root_hash.usr_uuid();
        if untouched
            && going.is_empty()
            && let Some(journal) = self.state.journal(&offer.sha256)?
        {
            return Ok(journal);
        }
        if self.state.memory.trial.take().is_some() {
            self.state.save()?;
        }
        for entry in &going {
            self.slots.remove_entry(entry)?;
        }
        self.slots.drop_pending()?;
        self.slots.label_idle(&Label::Empty)?;
        let journal = Journal::new(offer.sha256);
        self.state.save_journal(&journal)?;
        Ok(journal)
    }

    /// Names the slot and puts its boot entry in place.
    fn flip(&mut self, manifest: &Manifest, now: Timestamp) -> Result<(), InstallError> {
        let version = &manifest.version;
        self.slots.label_idle(&Label::Holds(version.clone(), manifest.root_hash))?;
        let from = self.slots.running().version.clone().ok_or(SlotError::NoSlot)?;
        let memory = &mut self.state.memory;
        memory.trial = Some(Trial { version: version.clone(), from: from.clone(), fault: None });
        memory.record(version, Outcome::Installed, "", now);
        self.state.save()?;
        if *version < from {
            // The boot loader takes the newest version that has a try left: the running one becomes its last resort, which
            // proves itself anew if it is started.
            trial::spend(self.slots, &from)?;
        }
        self.slots.commit_entry(&Entry::to_try(version.clone()))?;
        self.state.drop_journal()?;
        Ok(())
    }
}
