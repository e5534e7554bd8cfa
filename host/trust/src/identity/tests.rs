use std::fs;
use std::os::unix::fs::PermissionsExt;

use x509_parser::extensions::GeneralName;

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_identity_is_made_once_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let first = Identity::load_or_create(dir.path(), Role::Host).unwrap();
    let second = Identity::load_or_create(dir.path(), Role::Host).unwrap();
    assert_eq!(first.id(), second.id());
    assert_eq!(first.key_der(), second.key_der());
    assert_eq!(first.id(), DeviceId::from_certificate(first.certificate_der()));
    let client = Identity::load_or_create(dir.path(), Role::Client).unwrap();
    assert_ne!(client.id(), first.id());
}

#[test]
fn the_key_is_readable_by_its_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("state/identity");
    Identity::load_or_create(&inner, Role::Host).unwrap();
    let path = inner.join(Role::Host.file_name());
    assert_eq!(mode(&inner), 0o700);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(fs::read_dir(&inner).unwrap().count(), 1, "no temporary file is left");

    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    Identity::load_or_create(&inner, Role::Host).unwrap();
    assert_eq!(mode(&path), 0o600, "a key restored with loose permissions is closed again");
}

#[test]
fn the_certificate_is_for_the_role_and_outlives_any_clock() {
    for (role, name) in [(Role::Host, "punktfunk"), (Role::Client, "punktfunk-client")] {
        let identity = Identity::generate(role).unwrap();
        let (_, certificate) = x509_parser::parse_x509_certificate(identity.certificate_der()).unwrap();
        let names = certificate.subject_alternative_name().unwrap().unwrap();
        assert_eq!(names.value.general_names, [GeneralName::DNSName(name)]);
        assert_eq!(certificate.validity().not_before.timestamp(), 0);
        assert_eq!(certificate.validity().not_after.to_datetime().year(), 9999);
    }
}

#[test]
fn a_damaged_identity_is_refused_and_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    Identity::load_or_create(dir.path(), Role::Host).unwrap();
    let path = dir.path().join(Role::Host.file_name());
    let whole = fs::read_to_string(&path).unwrap();
    let key_at = whole.find("-----BEGIN PRIVATE KEY").unwrap();
    let (certificate, key) = whole.split_at(key_at);
    let other = Identity::generate_with_pem(Role::Host).unwrap().1;
    let other_key = &other[other.find("-----BEGIN PRIVATE KEY").unwrap()..];

    let damaged = [
        String::new(),
        certificate.to_owned(),
        key.to_owned(),
        whole[..whole.len() / 2].to_owned(),
        format!("{certificate}{other_key}"),
        format!("{whole}{certificate}"),
        whole.replace("MI", "XX"),
        "not an identity".to_owned(),
    ];
    for content in damaged {
        fs::write(&path, &content).unwrap();
        let error = Identity::load_or_create(dir.path(), Role::Host).unwrap_err();
        assert!(matches!(error, IdentityError::Damaged { .. }), "{content:?}: {error:?}");
        let sentence = error.to_string();
        assert!(sentence.contains(path.to_str().unwrap()) && sentence.contains("backup"), "{sentence}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content, "the file is as it was");
    }
    fs::write(&path, &whole).unwrap();
    Identity::load_or_create(dir.path(), Role::Host).unwrap();
}

#[test]
fn a_lost_identity_is_not_taken_for_a_first_start() {
    let dir = tempfile::tempdir().unwrap();
    let (path, mark) = (dir.path().join(Role::Host.file_name()), dir.path().join("trust.initialised"));
    let first = Identity::load_or_begin(dir.path(), &mark).unwrap();
    fs::write(&mark, "").unwrap();
    assert_eq!(Identity::load_or_begin(dir.path(), &mark).unwrap().id(), first.id());

    fs::rename(&path, dir.path().join("elsewhere")).unwrap();
    let error = Identity::load_or_begin(dir.path(), &mark).unwrap_err();
    assert!(matches!(error, IdentityError::Gone { .. }), "{error}");
    let sentence = error.to_string();
    assert!(sentence.contains(mark.to_str().unwrap()) && sentence.contains("backup"), "{sentence}");
    assert!(!path.exists(), "nothing is made up");

    fs::remove_file(&mark).unwrap();
    let second = Identity::load_or_begin(dir.path(), &mark).unwrap();
    assert_ne!(second.id(), first.id(), "the owner wants to begin anew");
}

#[test]
fn a_damaged_identity_says_who_has_to_be_paired_with_again() {
    for (role, who) in [(Role::Host, "every device"), (Role::Client, "every host")] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(role.file_name()), "").unwrap();
        let sentence = Identity::load_or_create(dir.path(), role).unwrap_err().to_string();
        assert!(sentence.contains(who), "{sentence}");
    }
}

#[test]
fn an_oversized_identity_file_is_not_read_into_memory() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(Role::Host.file_name());
    fs::File::create(&path).unwrap().set_len(1 << 40).unwrap();
    assert!(matches!(Identity::load_or_create(dir.path(), Role::Host), Err(IdentityError::Io { .. })));
}

#[test]
fn two_starts_at_once_agree_on_one_identity() {
    let dir = tempfile::tempdir().unwrap();
    let ids: Vec<DeviceId> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| Identity::load_or_create(dir.path(), Role::Client).unwrap().id()))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[test]
fn an_identity_never_prints_its_key() {
    let identity = Identity::generate(Role::Host).unwrap();
    let shown = format!("{identity:?}");
    assert!(shown.len() < 60, "{shown}");
}

#[cfg(feature = "store")]
#[test]
fn an_identity_that_is_put_back_takes_the_place_and_the_one_before_is_kept() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Identity::load_or_create(old.path(), Role::Host).unwrap();
    let file = Identity::file_in(old.path(), Role::Host).unwrap().unwrap();
    assert_eq!(Identity::file_in(new.path(), Role::Host).unwrap(), None);
    let second = Identity::load_or_create(new.path(), Role::Host).unwrap();
    assert_ne!(first.id(), second.id());

    assert_eq!(Identity::replace_in(new.path(), Role::Host, &file).unwrap().id(), first.id());
    assert_eq!(Identity::load_or_create(new.path(), Role::Host).unwrap().id(), first.id());
    let kept = fs::read(new.path().join("host-identity.pem.replaced-1")).unwrap();
    assert_eq!(Identity::from_file(&kept).unwrap().id(), second.id());

    // the same once more leaves nothing behind
    Identity::replace_in(new.path(), Role::Host, &file).unwrap();
    assert!(!new.path().join("host-identity.pem.replaced-2").exists());
    Identity::replace_in(new.path(), Role::Host, b"no identity").unwrap_err();
    assert_eq!(Identity::load_or_create(new.path(), Role::Host).unwrap().id(), first.id());
}
