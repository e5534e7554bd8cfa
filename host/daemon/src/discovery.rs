//! Tells the network that this host is here (mDNS, punktfunk/1 §6). A host that cannot be announced is still reached by
//! its address, so nothing here ever fails the host.

use std::time::Duration;

use mdns_sd::{ServiceDaemon, ServiceInfo};
use punktfunk_trust::DeviceId;

const SERVICE: &str = "_punktfunk._udp.local.";
/// What Moonlight looks for.
const MOONLIGHT_SERVICE: &str = "_nvstream._tcp.local.";
/// The longest instance label that DNS can carry, in bytes.
const MAX_LABEL: usize = 63;

/// How long what was announced is left as it is: while a name is being claimed, or a record of it has just been heard, another
/// record of the same name would look like another machine's.
pub const SETTLES: Duration = Duration::from_secs(3);

/// What is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// Whether the native door is open.
    pub native: bool,
    /// TCP port of the Moonlight door, if it is open.
    pub moonlight_port: Option<u16>,
    /// The host's display name.
    pub name: String,
    /// The host's fingerprint.
    pub fingerprint: DeviceId,
    /// UDP port of the native door.
    pub port: u16,
    /// TCP port of the console.
    pub management_port: u16,
    /// Whether unknown devices must be let in first.
    pub pairing_required: bool,
}

/// Announces the host until it is dropped.
#[derive(Default)]
pub struct Discovery {
    running: Option<(ServiceDaemon, Announcement, Vec<String>)>,
}

impl Discovery {
    /// Begins announcing, or changes what is announced.
    pub fn announce(&mut self, announcement: Announcement) {
        if self.running.as_ref().is_some_and(|(_, current, _)| *current == announcement) {
            return;
        }
        let outcome = service_infos(&announcement).and_then(|infos| {
            let names: Vec<String> = infos.iter().map(|info| info.get_fullname().to_owned()).collect();
            let daemon = self.take_daemon(&names)?;
            for info in infos {
                daemon.register(info)?;
            }
            Ok((daemon, names))
        });
        match outcome {
            Ok((daemon, names)) => self.running = Some((daemon, announcement, names)),
            Err(error) => tracing::warn!(
                %error,
                "this host cannot be found by itself (mDNS): clients connect by its address, all else works"
            ),
        }
    }

    /// The daemon, which says good-bye for every name but those that stay: the good-bye for one that is announced again
    /// would look like another machine's claim to it, and this host would take a second name.
    fn take_daemon(&mut self, staying: &[String]) -> mdns_sd::Result<ServiceDaemon> {
        match self.running.take() {
            Some((daemon, _, names)) => {
                for name in names.iter().filter(|name| !staying.contains(name)) {
                    daemon.unregister(name)?;
                }
                Ok(daemon)
            }
            None => ServiceDaemon::new(),
        }
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        if let Some((daemon, _, names)) = self.running.take() {
            for name in names {
                // the good-bye is a courtesy; the records run out by themselves
                let _ = daemon.unregister(&name);
            }
            let _ = daemon.shutdown();
        }
    }
}

impl std::fmt::Debug for Discovery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discovery")
            .field("announced", &self.running.as_ref().map(|(_, what, _)| what))
            .finish()
    }
}

fn service_info(what: &Announcement) -> mdns_sd::Result<ServiceInfo> {
    let properties = txt(what);
    let host = format!("{}.local.", host_label());
    ServiceInfo::new(SERVICE, label(&what.name), &host, "", what.port, &properties[..])
        .map(ServiceInfo::enable_addr_auto)
}

/// One record for each open door.
fn service_infos(what: &Announcement) -> mdns_sd::Result<Vec<ServiceInfo>> {
    let native = what.native.then(|| service_info(what));
    let moonlight = what.moonlight_port.map(|port| {
        let host = format!("{}.local.", host_label());
        let none: &[(&str, &str)] = &[];
        ServiceInfo::new(MOONLIGHT_SERVICE, &plain_label(&what.name), &host, "", port, none)
            .map(ServiceInfo::enable_addr_auto)
    });
    native.into_iter().chain(moonlight).collect()
}

/// The display name in letters, digits and hyphens, which is all that Moonlight takes.
fn plain_label(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(MAX_LABEL).collect();
    let plain = plain.trim_matches('-');
    if plain.is_empty() { "punktfunk".to_owned() } else { plain.to_owned() }
}

fn txt(what: &Announcement) -> [(&'static str, String); 6] {
    [
        ("proto", "punktfunk/1".to_owned()),
        ("fp", what.fingerprint.to_string()),
        ("pair", if what.pairing_required { "required" } else { "optional" }.to_owned()),
        ("id", stable_id(&what.fingerprint)),
        ("mgmt", what.management_port.to_string()),
        ("wire", "1".to_owned()),
    ]
}

/// The display name, cut to what a DNS label holds on a character boundary.
fn label(name: &str) -> &str {
    let mut end = name.len().min(MAX_LABEL);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// An id that stays as long as the host's certificate does, in the shape of a UUID.
fn stable_id(fingerprint: &DeviceId) -> String {
    let hex = hex::encode(&fingerprint.as_bytes()[..16]);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The machine's own name as one DNS label.
fn host_label() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let first = name.trim().split('.').next().unwrap_or_default();
    let clean: String =
        first.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(MAX_LABEL).collect();
    if clean.is_empty() { "punktfunk".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announcement() -> Announcement {
        Announcement {
            native: true,
            moonlight_port: Some(47989),
            name: "Living Room".to_owned(),
            fingerprint: DeviceId::from_bytes([0xab; 32]),
            port: 9777,
            management_port: 47990,
            pairing_required: true,
        }
    }

    #[test]
    fn the_record_says_how_to_get_in_and_whom_to_expect() {
        let txt = txt(&announcement());
        let value = |key| txt.iter().find(|(k, _)| *k == key).unwrap().1.clone();
        assert_eq!(value("proto"), "punktfunk/1");
        assert_eq!(value("fp"), "ab".repeat(32));
        assert_eq!(value("pair"), "required");
        assert_eq!(value("id"), "abababab-abab-abab-abab-abababababab");
        assert_eq!(value("mgmt"), "47990");
        assert_eq!(value("wire"), "1");
    }

    #[test]
    fn the_service_record_can_be_built() {
        let info = service_info(&announcement()).unwrap();
        assert_eq!(info.get_port(), 9777);
        assert!(info.get_fullname().ends_with("._punktfunk._udp.local."));
    }

    #[test]
    fn each_open_door_has_its_own_record() {
        let names = |native, moonlight_port| {
            let what = Announcement { native, moonlight_port, ..announcement() };
            let infos = service_infos(&what).unwrap();
            infos.iter().map(|info| (info.get_fullname().to_owned(), info.get_port())).collect::<Vec<_>>()
        };
        let both = names(true, Some(47989));
        assert_eq!(both.len(), 2);
        assert_eq!(both[1], ("Living-Room._nvstream._tcp.local.".to_owned(), 47989));
        assert_eq!(names(true, None).len(), 1);
        assert_eq!(plain_label("Wohnzimmer (groß)"), "Wohnzimmer--gro");
        assert_eq!(plain_label("居間"), "punktfunk");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        let name = "ä".repeat(40);
        assert_eq!(label(&name), "ä".repeat(31));
        assert_eq!(label("Kitchen"), "Kitchen");
    }
}
