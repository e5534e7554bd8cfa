//! By which name the box is called. A page that has a name of its own point at this box (DNS rebinding) gets no answer.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use punktfunk_config::HostName;

/// How long the machine's names and addresses are believed to be what they were.
const FRESH: Duration = Duration::from_secs(5);

/// What a request calls the box: `host` or `host:port`, in lower case. `None` when it says nothing, or two things.
pub(super) fn named_host(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let mut hosts = headers.get_all(header::HOST).into_iter();
    let header = match (hosts.next(), hosts.next()) {
        (Some(one), None) => Some(one.to_str().ok()?.to_ascii_lowercase()),
        (None, _) => None,
        (Some(_), Some(_)) => return None,
    };
    // HTTP/2 says it in the place of the header
    let authority = uri.authority().map(|authority| authority.as_str().to_ascii_lowercase());
    match (header, authority) {
        (Some(header), Some(authority)) => (header == authority).then_some(header),
        (header, authority) => header.or(authority),
    }
}

/// The names and addresses by which this machine is known.
#[derive(Debug, Default)]
pub(super) struct MachineNames(Mutex<Option<(Instant, Known)>>);

#[derive(Debug, Clone, Default)]
struct Known {
    hostname: String,
    addresses: Vec<IpAddr>,
}

impl MachineNames {
    /// Whether `host`, with or without a port, is this machine, or one of `listed`.
    pub(super) fn include(&self, host: &str, listed: &[HostName]) -> bool {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fresh = |(read, _): &(Instant, Known)| read.elapsed() < FRESH;
        if !last.as_ref().is_some_and(is_fresh) {
            *last = Some((Instant::now(), Known::read()));
        }
        last.as_ref().is_some_and(|(_, known)| known.includes(host, listed))
    }
}

impl Known {
    fn read() -> Self {
        let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let interfaces = nix::ifaddrs::getifaddrs().into_iter().flatten();
        let address = |interface: nix::ifaddrs::InterfaceAddress| {
            let address = interface.address?;
            let v4 = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
            v4.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
        };
        Self {
            hostname: hostname.trim().to_ascii_lowercase(),
            addresses: interfaces.filter_map(address).collect(),
        }
    }

    fn includes(&self, host: &str, listed: &[HostName]) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        if authority.as_str().contains('@') {
            return false;
        }
        let name = authority.host();
        let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
        let bare = bare.strip_suffix('.').unwrap_or(bare);
        if listed.iter().any(|listed| listed.as_str() == bare) {
            return true;
        }
        if let Ok(address) = bare.parse::<IpAddr>() {
            let address = address.to_canonical();
            return address.is_loopback() || self.addresses.iter().any(|own| own.to_canonical() == address);
        }
        let first = self.hostname.split('.').next().filter(|first| !first.is_empty());
        bare == "localhost"
            || first.is_some_and(|first| bare == first || bare.strip_suffix(".local") == Some(first))
            || (!self.hostname.is_empty() && bare == self.hostname)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        Known {
            hostname: "box.home.example".to_owned(),
            addresses: vec!["192.0.2.7".parse().unwrap(), "2001:db8::7".parse().unwrap()],
        }
    }

    #[test]
    fn the_box_answers_to_its_own_names_and_addresses_with_any_port() {
        let listed = ["tv.example.org".parse().unwrap()];
        for host in [
            "192.0.2.7",
            "192.0.2.7:47990",
            "[2001:db8::7]:47990",
            "127.0.0.1:1",
            "[::1]",
            "localhost",
            "localhost:8443",
            "box",
            "box:47990",
            "box.local",
            "box.local.:47990",
            "box.home.example",
            "tv.example.org",
        ] {
            assert!(known().includes(host, &listed), "{host}");
        }
    }

    #[test]
    fn a_name_that_somebody_else_chose_is_not_the_box() {
        for host in [
            "evil.example",
            "192.0.2.8",
            "192.0.2.7.evil.example",
            "box.evil.example",
            "localhost.evil.example",
            "box@evil.example",
            "evil.example:47990",
            "",
            ":47990",
            "local",
            ".local",
            "boxx",
            "[2001:db8::8]",
            "127.0.0.1.nip.example",
            "box.local.evil.example",
            "tv.example.org",
            "a b",
        ] {
            assert!(!known().includes(host, &[]), "{host}");
        }
        assert!(!Known::default().includes(".local", &[]), "a machine without a name");
    }

    #[test]
    fn a_request_says_once_whom_it_means() {
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        let headers = |hosts: &[&str]| {
            let hosts = hosts.iter().map(|host| (header::HOST, host.parse().unwrap()));
            let mut headers = HeaderMap::new();
            hosts.for_each(|(name, value)| {
                headers.append(name, value);
            });
            headers
        };
        assert_eq!(named_host(&uri("/x"), &headers(&["Box:1"])).as_deref(), Some("box:1"));
        assert_eq!(named_host(&uri("https://BOX:1/x"), &headers(&[])).as_deref(), Some("box:1"));
        assert_eq!(named_host(&uri("https://box/x"), &headers(&["box"])).as_deref(), Some("box"));
        assert_eq!(named_host(&uri("https://box/x"), &headers(&["evil"])), None);
        assert_eq!(named_host(&uri("/x"), &headers(&["box", "evil"])), None);
        assert_eq!(named_host(&uri("/x"), &headers(&[])), None);
    }
}
