//! What the host prints when it is ready: where it is, and what to do next, as commands to copy.

mod commands;

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use punktfunk_config::Listen;
use punktfunk_core::wire::DEFAULT_PORT;
use punktfunk_trust::{Actor, ArmRequest, Armed, DeviceId};

use crate::app::{Host, NO_DOOR};
use crate::owner::{ClaimCode, Desk};
use commands::Commands;

/// Prints the banner to standard output. A host that pairs by itself arms its first PIN for it.
pub(crate) fn print(host: &Host, owner: &Desk, runtime_dir: &Path) {
    let (policy, doors) = (host.policy(), &host.started_with().doors);
    let facts = Facts {
        name: policy.name.clone(),
        addresses: addresses(),
        port: doors.native.enable.then(|| host.native_port()),
        moonlight: doors.gamestream.enable,
        fingerprint: host.identity().id(),
        console: console_url(&policy.console.listen, host.management_port()),
        claim_code: owner.claim_code(),
        admission: match (policy.pairing.require, policy.pairing.pin.auto_arm) {
            (false, _) => Admission::Open,
            (true, false) => Admission::Asked,
            // a PIN is for the native door
            (true, true) => Admission::Pin(doors.native.enable.then(|| arm(host)).flatten()),
        },
    };
    // without anybody to read it the host serves all the same
    let _ = crate::cli::say(&format!("{}\n", text(&facts, &Commands::of_this_process(runtime_dir))));
}

fn arm(host: &Host) -> Option<Armed> {
    host.trust(|trust, now| trust.arm(now, &ArmRequest::default(), Actor::Policy)).ok()
}

struct Facts {
    name: String,
    addresses: Vec<IpAddr>,
    /// UDP port of the native door, if it is open.
    port: Option<u16>,
    /// Whether the Moonlight door is open.
    moonlight: bool,
    fingerprint: DeviceId,
    console: String,
    /// As long as the box has no owner.
    claim_code: Option<ClaimCode>,
    admission: Admission,
}

/// How a device gets in.
enum Admission {
    /// The owner is asked.
    Asked,
    /// The owner is asked, or the device knows the PIN that is armed now.
    Pin(Option<Armed>),
    /// Every device comes in.
    Open,
}

fn text(facts: &Facts, commands: &Commands) -> String {
    let Facts { name, addresses, port, moonlight, fingerprint, console, claim_code, .. } = facts;
    let all: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let is_reachable = port.is_some() || *moonlight;

    let mut text = String::new();
    // writing to a String cannot fail
    let state = if is_reachable { "is ready" } else { "runs" };
    let _ = writeln!(text, "{} {state}.", name.escape_debug());
    let _ = write!(text, "  address      {}", all.join(", "));
    let _ = match port {
        Some(port) => writeln!(text, " (UDP port {port})"),
        None => writeln!(text),
    };
    let _ = writeln!(text, "  fingerprint  {fingerprint}");
    let _ = writeln!(text, "  console      {console}\n");
    if let Some(code) = claim_code {
        let _ = writeln!(
            text,
            "This box has no owner yet. Open the console in a browser and enter the claim code:"
        );
        let _ = writeln!(text, "  {code}");
    }
    match port {
        Some(port) => text += &native(facts, &target(addresses, *port), commands),
        None if *moonlight => {
            let Commands { host, runtime_dir, .. } = commands;
            let _ = writeln!(
                text,
                "Only the door for Moonlight is open. Add this box there by its address, pair, and enter"
            );
            let _ = writeln!(text, "the PIN that the client shows:");
            let _ = writeln!(text, "  {host} pair moonlight --pin PIN{runtime_dir}");
        }
        None => {
            let _ = writeln!(text, "CLOSED: {NO_DOOR}.");
        }
    }
    text
}

/// How devices come in through punktfunk's own door.
fn native(facts: &Facts, target: &str, commands: &Commands) -> String {
    let Facts { fingerprint, admission, .. } = facts;
    let Commands { host, client, runtime_dir } = commands;
    let mut text = String::new();
    if let Admission::Open = admission {
        let _ = writeln!(text, "OPEN: every device on this network may watch the screen and use its input.");
    }
    let _ = writeln!(text, "Connect with a client:");
    let _ = writeln!(text, "  {client} connect {target} --pin-host {fingerprint}");
    if let Admission::Open = admission {
        return text;
    }
    let _ = writeln!(text, "It waits until you let it in:");
    let _ = writeln!(text, "  {host} pair pending{runtime_dir}");
    let _ = writeln!(text, "  {host} pair approve ID{runtime_dir}");
    match admission {
        Admission::Pin(Some(armed)) => {
            let (pin, seconds) = (armed.pin.reveal(), armed.expires_in.as_secs());
            let _ = writeln!(text, "Or pair with this PIN, good for one guess within {seconds} s:");
            let _ = writeln!(text, "  {client} pair {target} --pin {pin}");
            let _ = writeln!(text, "Later, the log shows a new PIN as soon as a device wants to pair.");
        }
        Admission::Asked | Admission::Pin(None) | Admission::Open => {
            let _ = writeln!(text, "Or pair with a PIN, which this shows:");
            let _ = writeln!(text, "  {host} pair arm{runtime_dir}");
            let _ = writeln!(text, "  {client} pair {target} --pin PIN");
        }
    }
    text
}

/// Where a browser finds the console.
pub(crate) fn console_url(listen: &Listen, port: u16) -> String {
    let address = match listen {
        Listen::Lan => addresses().first().copied(),
        Listen::Local => None,
        Listen::Addresses(listed) => listed.iter().find(|address| !address.is_unspecified()).copied(),
    };
    let address = address.unwrap_or(IpAddr::from([127, 0, 0, 1]));
    format!("https://{}", SocketAddr::new(address, port))
}

/// The same, where another machine may find it.
pub(crate) fn reachable_url(listen: &Listen, port: u16) -> Option<String> {
    let url = console_url(listen, port);
    (!url.starts_with("https://127.") && !url.starts_with("https://[::1]")).then_some(url)
}

/// The first address, as a client takes it.
fn target(addresses: &[IpAddr], port: u16) -> String {
    let first = addresses.first().copied().unwrap_or(IpAddr::from([127, 0, 0, 1]));
    match (first, port) {
        (first, DEFAULT_PORT) => first.to_string(),
        (IpAddr::V4(v4), port) => format!("{v4}:{port}"),
        (IpAddr::V6(v6), port) => format!("[{v6}]:{port}"),
    }
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
            IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local(),
            IpAddr::V6(v6) => !v6.is_loopback() && !v6.is_unicast_link_local(),
        })
        .collect();
    addresses.sort();
    addresses.dedup();
    if addresses.is_empty() {
        addresses.push(IpAddr::from([127, 0, 0, 1]));
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;
    use punktfunk_trust::PinCode;
    use std::time::Duration;

    fn facts(admission: Admission) -> Facts {
        Facts {
            name: "Living\u{1b}[2J Room".to_owned(),
            addresses: vec![[192, 0, 2, 7].into(), "2001:db8::7".parse().unwrap()],
            port: Some(DEFAULT_PORT),
            moonlight: false,
            fingerprint: DeviceId::from_bytes([0xab; 32]),
            console: "https://192.0.2.7:47990".to_owned(),
            claim_code: None,
            admission,
        }
    }

    fn plain() -> Commands {
        Commands {
            host: "punktfunk-host".to_owned(),
            client: "punktfunk-client".to_owned(),
            runtime_dir: String::new(),
        }
    }

    #[test]
    fn a_host_says_where_it_is_and_how_to_let_a_device_in() {
        insta::assert_snapshot!("banner_asked", text(&facts(Admission::Asked), &plain()));
        insta::assert_snapshot!("banner_open", text(&facts(Admission::Open), &plain()));
    }

    #[test]
    fn a_box_without_an_owner_says_how_it_is_claimed() {
        let facts = Facts { claim_code: Some("ABCD-2345".parse().unwrap()), ..facts(Admission::Asked) };
        insta::assert_snapshot!("banner_unclaimed", text(&facts, &plain()));
    }

    #[test]
    fn only_doors_that_are_open_are_told() {
        let closed = Facts { port: None, ..facts(Admission::Asked) };
        insta::assert_snapshot!("banner_closed", text(&closed, &plain()));
        let moonlight = Facts { port: None, moonlight: true, ..facts(Admission::Open) };
        insta::assert_snapshot!("banner_moonlight", text(&moonlight, &plain()));
    }

    #[test]
    fn the_console_is_found_at_an_address_of_the_machine() {
        assert_eq!(console_url(&Listen::Local, 1), "https://127.0.0.1:1");
        let listed = Listen::Addresses(vec!["::".parse().unwrap(), "2001:db8::7".parse().unwrap()]);
        assert_eq!(console_url(&listed, 47990), "https://[2001:db8::7]:47990");
        assert!(console_url(&Listen::Lan, 47990).ends_with(":47990"));
        assert_eq!(reachable_url(&Listen::Local, 1), None);
        assert!(reachable_url(&listed, 1).is_some());
    }

    #[test]
    fn the_commands_of_a_host_started_from_a_folder_name_that_folder() {
        let commands = Commands {
            host: "target/debug/punktfunk-host".to_owned(),
            client: "target/debug/punktfunk-client".to_owned(),
            runtime_dir: " --runtime-dir /tmp/run".to_owned(),
        };
        let armed = Armed {
            pin: PinCode::parse("0471").unwrap(),
            fingerprint: None,
            expires_in: Duration::from_secs(120),
            usable_in: Duration::ZERO,
        };
        let facts = Facts { port: Some(4000), ..facts(Admission::Pin(Some(armed))) };
        insta::assert_snapshot!("banner_pin", text(&facts, &commands));
    }

    #[test]
    fn a_target_is_what_a_client_reads() {
        let v6: IpAddr = "2001:db8::7".parse().unwrap();
        assert_eq!(target(&[v6], DEFAULT_PORT), "2001:db8::7");
        assert_eq!(target(&[v6], 4000), "[2001:db8::7]:4000");
        assert_eq!(target(&[], 4000), "127.0.0.1:4000");
        for target in [target(&[v6], DEFAULT_PORT), target(&[v6], 4000), target(&[], 4000)] {
            target.parse::<punktfunk_client::HostAddress>().unwrap();
        }
    }
}
