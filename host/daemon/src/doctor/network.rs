//! Whether clients can find this machine by themselves.

use std::collections::BTreeSet;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

use super::Check;

pub(super) fn check() -> Vec<Check> {
    const SUBJECT: &str = "discovery";
    let interfaces = match getifaddrs() {
        Ok(interfaces) => interfaces,
        Err(error) => {
            let found = format!(
                "the network interfaces cannot be listed: {error}; type the host's address in on the clients"
            );
            return vec![Check::wrong("interfaces_unlisted", SUBJECT, found).with("reason", error)];
        }
    };
    let carries = InterfaceFlags::IFF_UP | InterfaceFlags::IFF_MULTICAST;
    let names: BTreeSet<String> = interfaces
        .filter(|interface| {
            interface.flags.contains(carries)
                && !interface.flags.contains(InterfaceFlags::IFF_LOOPBACK)
                && interface
                    .address
                    .is_some_and(|it| it.as_sockaddr_in().is_some() || it.as_sockaddr_in6().is_some())
        })
        .map(|interface| interface.interface_name)
        .collect();
    vec![if names.is_empty() {
        let found = "no network interface is up that carries multicast, so only clients on this machine can connect; plug \
                     in a cable or join a Wi-Fi";
        Check::wrong("no_network", SUBJECT, found)
    } else {
        let names = names.into_iter().collect::<Vec<String>>().join(", ");
        Check::good("discoverable", SUBJECT, format!("clients can find this machine through {names} (mDNS)"))
            .with("interfaces", names)
    }]
}
