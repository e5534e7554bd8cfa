//! The hosts this device trusts: address and fingerprint, one per line in the identity directory.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use punktfunk_client::{HostAddress, HostId};

const FILE: &str = "known_hosts";
const LOCK: &str = ".known_hosts.lock";
const HEADER: &str = "# Hosts that this device trusts: address, fingerprint, how it came to be trusted (paired or first-use).\n";
/// A file larger than this was not written by us.
const MAX_BYTES: u64 = 1 << 20;
/// Most hosts remembered.
const MAX_HOSTS: usize = 4096;

/// How a host came to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TrustedBy {
    /// Both sides proved the same PIN.
    Pairing,
    /// Its certificate was simply the first one seen.
    FirstUse,
}

/// A host that is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownHost {
    pub(crate) id: HostId,
    pub(crate) by: TrustedBy,
}

/// The file of an identity directory.
#[derive(Debug, Clone)]
pub(crate) struct KnownHosts {
    dir: PathBuf,
}

/// Why the known hosts cannot be used. Never answered with an empty list: that would drop every pin in silence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KnownHostsError {
    #[error("{} cannot be read or written: {source}. Make the directory writable for this user, or name another with --identity.", .path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}, line {line}: {what}. Repair the line, or remove it and pair with that host again.", .path.display())]
    Damaged { path: PathBuf, line: usize, what: &'static str },
    #[error("{} holds more than {MAX_HOSTS} hosts. Remove those that are no longer used.", .path.display())]
    Full { path: PathBuf },
}

impl KnownHosts {
    pub(crate) fn in_dir(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The host trusted under this address.
    pub(crate) fn find(&self, address: &HostAddress) -> Result<Option<KnownHost>, KnownHostsError> {
        Ok(self.read()?.get(address).copied())
    }

    /// Trusts a host from now on; on disk before this returns.
    pub(crate) fn remember(&self, address: &HostAddress, host: KnownHost) -> Result<(), KnownHostsError> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.dir).map_err(|e| self.io(e))?;
        let _held = self.lock()?;
        let mut hosts = self.read()?;
        hosts.insert(address.clone(), host);
        if hosts.len() > MAX_HOSTS {
            return Err(KnownHostsError::Full { path: self.path() });
        }
        self.write(&print(&hosts)).map_err(|e| self.io(e))
    }

    fn read(&self) -> Result<BTreeMap<HostAddress, KnownHost>, KnownHostsError> {
        let mut text = String::new();
        match File::open(self.path()) {
            Ok(file) => file.take(MAX_BYTES).read_to_string(&mut text).map_err(|e| self.io(e))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(self.io(error)),
        };
        parse(&text).map_err(|(line, what)| KnownHostsError::Damaged { path: self.path(), line, what })
    }

    /// Writes beside the file and renames over it, so that a crash leaves the old list or the new one.
    fn write(&self, text: &str) -> io::Result<()> {
        let beside = self.dir.join(format!(".{FILE}.new"));
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, self.path())?;
        File::open(&self.dir)?.sync_all()
    }

    fn lock(&self) -> Result<Flock<File>, KnownHostsError> {
        let path = self.dir.join(LOCK);
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path);
        Flock::lock(file.map_err(|e| self.io(e))?, FlockArg::LockExclusive)
            .map_err(|(_, e)| self.io(e.into()))
    }

    fn path(&self) -> PathBuf {
        self.dir.join(FILE)
    }

    fn io(&self, source: io::Error) -> KnownHostsError {
        KnownHostsError::Io { path: self.path(), source }
    }
}

fn print(hosts: &BTreeMap<HostAddress, KnownHost>) -> String {
    let mut text = HEADER.to_owned();
    for (address, host) in hosts {
        let by = match host.by {
            TrustedBy::Pairing => "paired",
            TrustedBy::FirstUse => "first-use",
        };
        text += &format!("{address} {} {by}\n", host.id);
    }
    text
}

fn parse(text: &str) -> Result<BTreeMap<HostAddress, KnownHost>, (usize, &'static str)> {
    let mut hosts = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let fault = |what| (index + 1, what);
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut words = line.split_ascii_whitespace();
        let (address, id, by) = (words.next(), words.next(), words.next());
        let address = address.and_then(|a| a.parse().ok()).ok_or_else(|| fault("the address is damaged"))?;
        let id =
            id.and_then(|id| id.parse().ok()).ok_or_else(|| fault("the fingerprint is not 64 hex digits"))?;
        let by = match (by, words.next()) {
            (Some("paired"), None) => TrustedBy::Pairing,
            (Some("first-use"), None) => TrustedBy::FirstUse,
            _ => return Err(fault("the line does not end in 'paired' or 'first-use'")),
        };
        if hosts.insert(address, KnownHost { id, by }).is_some() {
            return Err(fault("this address is there twice"));
        }
    }
    Ok(hosts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn host(byte: u8, by: TrustedBy) -> KnownHost {
        KnownHost { id: HostId::from_certificate(&[byte]), by }
    }

    fn address(text: &str) -> HostAddress {
        text.parse().expect("address")
    }

    #[test]
    fn a_remembered_host_is_found_again_and_only_under_its_address() {
        let dir = tempfile::tempdir().expect("dir");
        let hosts = KnownHosts::in_dir(&dir.path().join("new"));
        assert_eq!(hosts.find(&address("box")).expect("readable"), None);
        hosts.remember(&address("box"), host(1, TrustedBy::FirstUse)).expect("written");
        hosts.remember(&address("[::1]:9"), host(2, TrustedBy::Pairing)).expect("written");
        assert_eq!(hosts.find(&address("box:9777")).expect("readable"), Some(host(1, TrustedBy::FirstUse)));
        assert_eq!(hosts.find(&address("[::1]:9")).expect("readable"), Some(host(2, TrustedBy::Pairing)));
        assert_eq!(hosts.find(&address("box:9778")).expect("readable"), None);
    }

    #[test]
    fn pairing_anew_replaces_the_old_pin() {
        let dir = tempfile::tempdir().expect("dir");
        let hosts = KnownHosts::in_dir(dir.path());
        hosts.remember(&address("box"), host(1, TrustedBy::FirstUse)).expect("written");
        hosts.remember(&address("box"), host(2, TrustedBy::Pairing)).expect("written");
        assert_eq!(hosts.find(&address("box")).expect("readable"), Some(host(2, TrustedBy::Pairing)));
    }

    #[test]
    fn the_file_is_for_its_owner_only() {
        let dir = tempfile::tempdir().expect("dir");
        let hosts = KnownHosts::in_dir(dir.path());
        hosts.remember(&address("box"), host(1, TrustedBy::Pairing)).expect("written");
        let mode = fs::metadata(hosts.path()).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_list_is_refused_with_its_line_and_left_as_it_is() {
        let dir = tempfile::tempdir().expect("dir");
        let hosts = KnownHosts::in_dir(dir.path());
        let id = host(1, TrustedBy::Pairing).id;
        for bad in [
            format!("box:1 {id}\n"),
            format!("box:1 {id} paired twice\n"),
            format!("box:0 {id} paired\n"),
            format!("box:1 {}0 paired\n", &id.to_string()[..10]),
            format!("box:1 {id} paired\nbox:1 {id} paired\n"),
        ] {
            fs::write(hosts.path(), &bad).expect("written");
            let error = hosts.remember(&address("other"), host(2, TrustedBy::Pairing)).expect_err(&bad);
            assert!(error.to_string().contains(", line "), "{error}");
            assert_eq!(fs::read_to_string(hosts.path()).expect("there"), bad);
        }
    }

    #[test]
    fn a_directory_that_cannot_be_made_says_so() {
        let dir = tempfile::tempdir().expect("dir");
        fs::write(dir.path().join("file"), "").expect("written");
        let hosts = KnownHosts::in_dir(&dir.path().join("file/dir"));
        let error = hosts.remember(&address("box"), host(1, TrustedBy::Pairing)).expect_err("no directory");
        assert!(error.to_string().contains("--identity"), "{error}");
    }

    #[test]
    fn two_clients_that_pair_at_once_are_both_remembered() {
        let dir = tempfile::tempdir().expect("dir");
        std::thread::scope(|scope| {
            for n in 1..=8 {
                let hosts = KnownHosts::in_dir(dir.path());
                scope.spawn(move || {
                    hosts
                        .remember(&address(&format!("box:{n}")), host(n, TrustedBy::Pairing))
                        .expect("written");
                });
            }
        });
        assert_eq!(KnownHosts::in_dir(dir.path()).read().expect("readable").len(), 8);
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_without_panic(text in "[ -~\n]{0,200}") {
            let _ = parse(&text);
        }
    }
}
