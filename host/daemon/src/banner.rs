//! What the host prints when it is ready: where it is, and what to do next.

use std::fmt::Write as _;
use std::net::IpAddr;

use crate::app::Host;

/// Prints the banner to standard output.
#[allow(clippy::print_stdout)] // a result of `serve`, for the person or script that started it
pub(crate) fn print(host: &Host) {
    println!("{}", text(host, &addresses()));
}

fn text(host: &Host, addresses: &[IpAddr]) -> String {
    let policy = host.policy();
    let port = host.native_port();
    let first = addresses.first().copied().unwrap_or(IpAddr::from([127, 0, 0, 1]));
    let all: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let fingerprint = host.identity().id();
    let target = if port == punktfunk_core::wire::DEFAULT_PORT {
        first.to_string()
    } else {
        format!("{first}:{port}")
    };

    let mut text = String::new();
    // writing to a String cannot fail
    let _ = writeln!(text, "{} is ready.", policy.name.escape_debug());
    let _ = writeln!(text, "  address      {} (UDP port {port})", all.join(", "));
    let _ = writeln!(text, "  fingerprint  {fingerprint}");
    if policy.pairing.require {
        let _ = writeln!(text, "\nConnect with a client:");
        let _ = writeln!(text, "  punktfunk-client connect {target} --pin-host {fingerprint}");
        let _ = writeln!(text, "It waits until you let it in:");
        let _ = writeln!(text, "  punktfunk-host pair pending");
        let _ = writeln!(text, "  punktfunk-host pair approve ID");
        if policy.pairing.pin.auto_arm {
            let _ = writeln!(
                text,
                "Or pair with a PIN, which is written to this log as soon as a device asks for it:"
            );
            let _ = write!(text, "  punktfunk-client pair {target} --pin PIN");
        } else {
            let _ = writeln!(text, "Or pair with a PIN:");
            let _ = writeln!(text, "  punktfunk-host pair arm");
            let _ = write!(text, "  punktfunk-client pair {target} --pin PIN");
        }
    } else {
        let _ =
            writeln!(text, "\nOPEN: every device on this network may watch the screen and use its input.");
        let _ = writeln!(text, "Connect with a client:");
        let _ = write!(text, "  punktfunk-client connect {target} --pin-host {fingerprint}");
    }
    text
}

/// The machine's addresses that clients may use, IPv4 first; loopback only when there is no other.
fn addresses() -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = nix::ifaddrs::getifaddrs()
        .into_iter()
        .flatten()
        .filter_map(|interface| {
            let address = interface.address?;
            let v4 = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
            v4.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
        })
        .filter(|address| match address {
            IpAddr::V4(v4) => !v4.is_loopback(),
            IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local(),
        })
        .collect();
    addresses.sort();
    if addresses.is_empty() {
        addresses.push(IpAddr::from([127, 0, 0, 1]));
    }
    addresses
}
