//! Hosts that announce themselves on the local network (punktfunk/1 §6).

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use mdns_sd::{IfKind, ResolvedService, ServiceDaemon, ServiceEvent};
use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use punktfunk_trust::{DeviceId, DeviceName, MAX_NAME_BYTES};

use crate::error::printable;

const SERVICE: &str = "_punktfunk._udp.local.";
const PROTOCOL: &str = "punktfunk/1";
/// Most hosts listed: a network full of made-up announcements must not fill the memory.
const MAX_HOSTS: usize = 256;
/// Most addresses kept per host.
const MAX_ADDRESSES: usize = 8;

/// A host that announced itself. Nothing in it is proven: it tells where to look, never whom to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundHost {
    /// The display name, freed of everything that could act on a terminal.
    pub name: String,
    /// Where to dial, IPv4 first.
    pub addresses: Vec<SocketAddr>,
    /// The announced fingerprint: a hint to recognise a known host by. The real one comes from the handshake.
    pub unverified_fingerprint: Option<DeviceId>,
    /// Whether the host says that it lets in only paired devices.
    pub pairing_required: bool,
}

/// Why nothing could be searched.
#[derive(Debug, thiserror::Error)]
#[error("this machine cannot search the local network: {0}. Give the host's address instead.")]
pub struct DiscoverError(String);

/// Listens for `timeout` and returns the hosts that announced themselves, by name.
///
/// # Errors
/// When this machine has no usable network or multicast is not permitted.
pub fn discover(timeout: Duration) -> Result<Vec<FoundHost>, DiscoverError> {
    let failed = |error: mdns_sd::Error| DiscoverError(printable(&error.to_string()));
    let daemon = ServiceDaemon::new().map_err(failed)?;
    if has_network() {
        // A host of this very machine is heard there under the name that it would have alone, and its records would be
        // mixed with those of another host of that name.
        daemon.disable_interface(vec![IfKind::LoopbackV4, IfKind::LoopbackV6]).map_err(failed)?;
    }
    let events = daemon.browse(SERVICE).map_err(failed)?;
    let deadline = Instant::now() + timeout;
    let mut hosts = BTreeMap::new();
    while let Ok(event) = events.recv_deadline(deadline) {
        match event {
            ServiceEvent::ServiceResolved(service)
                if hosts.len() < MAX_HOSTS || hosts.contains_key(service.get_fullname()) =>
            {
                if let Some(host) = read(&service) {
                    hosts.insert(service.get_fullname().to_owned(), host);
                }
            }
            ServiceEvent::ServiceRemoved(_, fullname) => {
                hosts.remove(&fullname);
            }
            _ => {}
        }
    }
    let _ = daemon.shutdown();
    let mut hosts: Vec<_> = hosts.into_values().collect();
    hosts.sort_by(|a, b| (&a.name, &a.addresses).cmp(&(&b.name, &b.addresses)));
    Ok(hosts)
}

/// Whether this machine is on any network but its own, with an address that can be dialled.
fn has_network() -> bool {
    let outward = InterfaceFlags::IFF_UP | InterfaceFlags::IFF_RUNNING | InterfaceFlags::IFF_MULTICAST;
    getifaddrs().is_ok_and(|mut all| {
        all.any(|one| {
            let address = one.address.and_then(|address| {
                let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
                v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
            });
            one.flags.contains(outward)
                && !one.flags.contains(InterfaceFlags::IFF_LOOPBACK)
                && address.as_ref().is_some_and(dialable)
        })
    })
}

/// A link-local IPv6 address cannot be dialled without its scope, which an announcement does not carry.
fn dialable(ip: &IpAddr) -> bool {
    !matches!(ip, IpAddr::V6(v6) if v6.is_unicast_link_local())
}

fn read(service: &ResolvedService) -> Option<FoundHost> {
    let instance = service.get_fullname().strip_suffix(SERVICE).unwrap_or(service.get_fullname());
    let addresses = service.get_addresses().iter().map(mdns_sd::ScopedIp::to_ip_addr);
    interpret(instance.trim_end_matches('.'), service.get_port(), addresses, |key| {
        service.get_property_val_str(key)
    })
}

fn interpret<'t>(
    instance: &str,
    port: u16,
    addresses: impl Iterator<Item = IpAddr>,
    text: impl Fn(&str) -> Option<&'t str>,
) -> Option<FoundHost> {
    if text("proto").is_some_and(|protocol| protocol != PROTOCOL) || port == 0 {
        return None;
    }
    let mut addresses: Vec<_> = addresses.filter(dialable).map(|ip| SocketAddr::new(ip, port)).collect();
    addresses.sort_by_key(|address| (!address.is_ipv4(), *address));
    addresses.dedup();
    addresses.truncate(MAX_ADDRESSES);
    if addresses.is_empty() {
        return None;
    }
    Some(FoundHost {
        name: DeviceName::sanitise(&instance.replace('\\', ""), MAX_NAME_BYTES)
            .map_or_else(|| "(no name)".to_owned(), |name| name.to_string()),
        addresses,
        unverified_fingerprint: text("fp").and_then(|hex| hex.parse().ok()),
        pairing_required: text("pair") != Some("optional"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn host(entries: &[(&str, &'static str)]) -> Option<FoundHost> {
        let addresses = ["fe80::1", "fd00::1", "192.168.1.20"].map(|ip| ip.parse().expect("ip"));
        interpret("Living Room", 9777, addresses.into_iter(), |key| {
            entries.iter().find(|(name, _)| *name == key).map(|&(_, value)| value)
        })
    }

    #[test]
    fn a_host_is_listed_with_what_can_be_dialled() {
        let found = host(&[("proto", "punktfunk/1"), ("pair", "optional")]).expect("listed");
        assert_eq!(
            found.addresses,
            ["192.168.1.20:9777", "[fd00::1]:9777"].map(|a| a.parse().expect("address"))
        );
        assert_eq!((found.name.as_str(), found.pairing_required), ("Living Room", false));
    }

    #[test]
    fn another_protocol_is_hidden_and_an_absent_one_is_not() {
        assert_eq!(host(&[("proto", "punktfunk/9")]), None);
        assert!(host(&[]).is_some());
    }

    #[test]
    fn a_host_that_does_not_say_so_is_taken_to_require_pairing() {
        assert!(host(&[]).expect("listed").pairing_required);
        assert!(host(&[("pair", "perhaps")]).expect("listed").pairing_required);
    }

    #[test]
    fn a_damaged_fingerprint_is_no_fingerprint() {
        let good = "9f".repeat(32).leak();
        assert!(host(&[("fp", good)]).expect("listed").unverified_fingerprint.is_some());
        assert_eq!(host(&[("fp", "9f2c")]).expect("listed").unverified_fingerprint, None);
    }

    proptest! {
        #[test]
        fn any_announcement_is_read_without_panic(name: String, port: u16, value: String) {
            let _ = interpret(&name, port, std::iter::once(IpAddr::from([10, 0, 0, 1])), |_| Some(value.as_str()));
        }
    }
}
