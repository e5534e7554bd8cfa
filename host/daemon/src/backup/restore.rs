//! Putting a backup in place, all or nothing, whatever happens in between.
//!
//! The moment at which a restore is decided is the rename that puts `restore.pending` into the state folder. From then on
//! it is carried out: at once where no host runs, else at the host's next start, and again from the beginning where a power
//! cut came in between; every step may be done twice. Only then the file goes away.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::unistd::Uid;
use punktfunk_trust::{Brought, DeviceId, Identity, IdentityError, MoveError, Role, StoreError};
use punktfunk_trust::{bring_list, give_to_owner_of, read_private, replace_private};

use super::bundle::{Bundle, BundleError};
use crate::cli::dirs::trust_dir;
use crate::gamestream::{CertificateFileError, certificate};

/// The file's name in the state folder.
const STAGED: &str = "restore.pending";
/// And that of one that could not be carried out.
const REFUSED: &str = "restore.refused";
/// Larger than any document that a backup can hold.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// What a restore has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Who the box is now.
    pub identity: DeviceId,
    /// What came of the devices.
    pub devices: Brought,
}

/// Why a restore was not decided, or not carried out.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// It cannot be written down, or taken away.
    #[error("the restore cannot be written to {}: {error}; nothing was changed; free some space, or try again with sudo", .path.display())]
    Unsaved {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// What was written down cannot be read any more.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The list of devices.
    #[error(transparent)]
    List(#[from] MoveError),
    /// The identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The certificate of the Moonlight door.
    #[error(transparent)]
    Moonlight(#[from] CertificateFileError),
}

impl StageError {
    /// Whether a host runs on this state: it carries the restore out when it starts again.
    pub fn is_held(&self) -> bool {
        matches!(self, Self::List(MoveError::Store(StoreError::Locked { .. })))
    }

    /// Whether another try could end otherwise.
    fn may_pass(&self) -> bool {
        match self {
            Self::Unsaved { .. }
            | Self::List(MoveError::Store(_))
            | Self::Identity(IdentityError::Io { .. })
            | Self::Moonlight(CertificateFileError::Io { .. }) => true,
            Self::Bundle(_) | Self::List(_) | Self::Identity(_) | Self::Moonlight(_) => false,
        }
    }
}

/// Where a restore stands that was decided and not carried out yet.
pub fn staged_path(state_dir: &Path) -> PathBuf {
    state_dir.join(STAGED)
}

/// Decides a restore.
///
/// # Errors
/// [`StageError::Unsaved`]; then nothing is decided.
pub fn stage(state_dir: &Path, bundle: &Bundle) -> Result<(), StageError> {
    let path = staged_path(state_dir);
    let unsaved = |error| StageError::Unsaved { path: path.clone(), error };
    let document = bundle.document()?;
    replace_private(&path, &document).map_err(unsaved)?;
    hand_over(state_dir).map_err(unsaved)
}

/// Carries out a restore that was decided; `None` where there is none. One that can never be carried out is put aside, and
/// changes nothing.
///
/// # Errors
/// [`StageError`]; where another try may help, the restore stays decided.
pub fn apply_staged(state_dir: &Path) -> Result<Option<Restored>, StageError> {
    let path = staged_path(state_dir);
    let unsaved = |error| StageError::Unsaved { path: path.clone(), error };
    let Some(document) = read_private(&path, MOST_BYTES).map_err(unsaved)? else { return Ok(None) };
    match apply(state_dir, &document) {
        Ok(restored) => {
            fs::remove_file(&path).and_then(|()| fs::File::open(state_dir)?.sync_all()).map_err(unsaved)?;
            Ok(Some(restored))
        }
        Err(error) => {
            if !error.may_pass() {
                fs::rename(&path, path.with_file_name(REFUSED)).map_err(unsaved)?;
            }
            Err(error)
        }
    }
}

/// The list comes first: it is what can be refused.
fn apply(state_dir: &Path, document: &[u8]) -> Result<Restored, StageError> {
    let bundle = Bundle::of_document(document)?;
    let devices = bring_list(&trust_dir(state_dir), &bundle.devices(), bundle.made_at)?;
    let identity = Identity::replace_in(state_dir, Role::Host, bundle.identity_file())?;
    if let Some(moonlight) = bundle.moonlight() {
        certificate::replace_in(state_dir, moonlight)?;
    }
    hand_over(state_dir).map_err(|error| StageError::Unsaved { path: state_dir.to_owned(), error })?;
    Ok(Restored { identity: identity.id(), devices })
}

/// What root has made in the folder of another user is that user's.
fn hand_over(state_dir: &Path) -> io::Result<()> {
    match Uid::effective().is_root() {
        true => give_to_owner_of(state_dir),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use punktfunk_trust::{Actor, Admission, Approve, Door, Knock, Now, PinAnswer, Trust, TrustSettings};

    use super::*;

    struct Home {
        dir: tempfile::TempDir,
        started: Instant,
    }

    impl Home {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            Identity::load_or_create(dir.path(), Role::Host).unwrap();
            Self { dir, started: Instant::now() }
        }

        fn now(&self) -> Now {
            Now::read(self.started)
        }

        fn trust(&self) -> Trust {
            Trust::open(&trust_dir(self.dir.path()), TrustSettings::default(), self.now()).unwrap()
        }

        fn let_in(&self, number: u8) -> DeviceId {
            let (mut trust, device) = (self.trust(), DeviceId::from_certificate(&[number]));
            let knock = Knock { device: Some(device), name: "Phone", source: [10, 0, 0, number].into() };
            assert!(matches!(trust.knock(self.now(), knock), Admission::Wait(_)));
            let id = trust.pending(self.now())[0].id;
            let order = Approve {
                id,
                fingerprint: device,
                revision: None,
                name: None,
                grant: None,
                by: Actor::Console,
            };
            trust.approve(self.now(), &order).unwrap();
            device
        }

        fn let_in_at_moonlight(&self, number: u8) -> DeviceId {
            let (mut trust, device) = (self.trust(), DeviceId::from_certificate(&[number]));
            let knock = Knock { device: Some(device), name: "Television", source: [10, 0, 1, number].into() };
            assert!(matches!(trust.knock_with_pin(self.now(), knock), Admission::Wait(_)));
            let id = trust.pending(self.now())[0].id;
            let answer = PinAnswer { id, fingerprint: device, revision: None, by: Actor::Console };
            let (_, answered) = trust.answer(self.now(), &answer).unwrap();
            trust.pair_answered(self.now(), answered).unwrap().id
        }

        fn revoke(&self, device: DeviceId) {
            assert!(self.trust().revoke(self.now(), &device, Actor::Console).unwrap().unsaved.is_none());
        }

        fn devices(&self) -> Vec<DeviceId> {
            self.trust().devices().iter().map(|device| device.id).collect()
        }

        fn identity(&self) -> DeviceId {
            Identity::load_or_create(self.dir.path(), Role::Host).unwrap().id()
        }

        fn bundle(&self) -> Bundle {
            Bundle::collect(self.dir.path(), None, self.now()).unwrap()
        }
    }

    #[test]
    fn a_new_box_becomes_the_old_one_with_its_devices() {
        let (old, new) = (Home::new(), Home::new());
        let phone = old.let_in(1);
        stage(new.dir.path(), &old.bundle()).unwrap();
        let restored = apply_staged(new.dir.path()).unwrap().unwrap();
        assert_eq!((restored.identity, restored.devices.added), (old.identity(), 1));
        assert_eq!((new.identity(), new.devices()), (old.identity(), vec![phone]));
        assert_eq!(apply_staged(new.dir.path()).unwrap(), None, "it is done once");
    }

    #[test]
    fn a_device_that_was_revoked_after_the_backup_stays_out() {
        let host = Home::new();
        let (phone, tablet) = (host.let_in(1), host.let_in(2));
        let bundle = host.bundle();
        host.revoke(phone);
        stage(host.dir.path(), &bundle).unwrap();
        let restored = apply_staged(host.dir.path()).unwrap().unwrap();
        assert_eq!(restored.devices, Brought { added: 0, kept: 1, held_back: 1 });
        assert_eq!(host.devices(), [tablet]);
        // also on another box, once that box knows of it
        let other = Home::new();
        stage(other.dir.path(), &host.bundle()).unwrap();
        apply_staged(other.dir.path()).unwrap();
        stage(other.dir.path(), &bundle).unwrap();
        apply_staged(other.dir.path()).unwrap();
        assert_eq!(other.devices(), [tablet]);
    }

    #[test]
    fn a_restore_that_a_host_is_in_the_way_of_waits_for_its_next_start() {
        let (old, new) = (Home::new(), Home::new());
        let (phone, before) = (old.let_in(1), new.identity());
        let running = new.trust();
        stage(new.dir.path(), &old.bundle()).unwrap();
        assert!(apply_staged(new.dir.path()).unwrap_err().is_held());
        assert_eq!(new.identity(), before, "nothing of it is done");
        drop(running);
        assert!(apply_staged(new.dir.path()).unwrap().is_some());
        assert_eq!(new.devices(), [phone]);
    }

    #[test]
    fn a_power_cut_in_the_midst_of_a_restore_changes_nothing_about_its_end() {
        let (old, new) = (Home::new(), Home::new());
        let phone = old.let_in(1);
        let bundle = old.bundle();
        stage(new.dir.path(), &bundle).unwrap();
        // cut off after the list
        bring_list(&trust_dir(new.dir.path()), &bundle.devices(), bundle.made_at).unwrap();
        assert_eq!(apply_staged(new.dir.path()).unwrap().unwrap().devices.kept, 1);
        // and after the identity
        stage(new.dir.path(), &bundle).unwrap();
        assert_eq!(apply_staged(new.dir.path()).unwrap().unwrap().identity, old.identity());
        assert_eq!((new.devices(), new.identity()), (vec![phone], old.identity()));
    }

    #[test]
    fn the_moonlight_door_comes_back_with_its_certificate_and_its_devices_and_without_the_revoked() {
        let (old, new) = (Home::new(), Home::new());
        let (television, lost) = (old.let_in_at_moonlight(1), old.let_in_at_moonlight(2));
        certificate::load_or_create(old.dir.path(), 0).unwrap();
        certificate::load_or_create(new.dir.path(), 0).unwrap();
        let file = |home: &Home| fs::read(home.dir.path().join(certificate::FILE)).unwrap();
        assert_ne!(file(&old), file(&new));
        let bundle = old.bundle();
        old.revoke(lost);

        stage(new.dir.path(), &bundle).unwrap();
        apply_staged(new.dir.path()).unwrap();
        assert_eq!(file(&new), file(&old), "its devices have pinned it");
        let doors = |home: &Home, device| {
            let trust = home.trust();
            [Door::GameStream, Door::Native].map(|door| trust.is_let_in_at(door, &device))
        };
        assert_eq!(doors(&new, television), [true, false]);

        stage(old.dir.path(), &bundle).unwrap();
        assert_eq!(apply_staged(old.dir.path()).unwrap().unwrap().devices.held_back, 1);
        assert_eq!((doors(&old, television), doors(&old, lost)), ([true, false], [false, false]));
    }

    #[test]
    fn a_backup_of_a_box_without_that_door_leaves_its_certificate_alone() {
        let (old, new) = (Home::new(), Home::new());
        let before = certificate::load_or_create(new.dir.path(), 0).unwrap();
        stage(new.dir.path(), &old.bundle()).unwrap();
        apply_staged(new.dir.path()).unwrap();
        assert_eq!(certificate::load_or_create(new.dir.path(), 0).unwrap().der(), before.der());
    }

    #[test]
    fn what_can_never_be_carried_out_is_put_aside_and_changes_nothing() {
        let host = Home::new();
        let before = host.identity();
        fs::write(staged_path(host.dir.path()), "{}").unwrap();
        apply_staged(host.dir.path()).unwrap_err();
        assert_eq!(apply_staged(host.dir.path()).unwrap(), None);
        assert!(host.dir.path().join(REFUSED).exists());
        assert_eq!(host.identity(), before);
    }
}
