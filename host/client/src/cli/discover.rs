//! `discover`: who announces itself on the local network.

use punktfunk_client::{FoundHost, discover};
use serde_json::{Value, json};

use super::args::DiscoverArgs;
use super::failure::Failure;
use super::report::Done;

const NOBODY: &str = "No host announced itself. It may be on another network, or multicast may be blocked: give its address to \
                      `connect`.";

pub(crate) fn run(args: &DiscoverArgs) -> Result<Done, Failure> {
    let found = discover(args.timeout)?;
    let text = if found.is_empty() { NOBODY.to_owned() } else { table(&found) };
    Ok(Done::new(text, found.iter().map(as_json).collect()))
}

fn as_json(host: &FoundHost) -> Value {
    json!({
        "name": host.name,
        "addresses": host.addresses.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "unverified_fingerprint": host.unverified_fingerprint.map(|id| id.to_string()),
        "pairing": if host.pairing_required { "required" } else { "optional" },
    })
}

fn table(hosts: &[FoundHost]) -> String {
    let width = hosts.iter().map(|host| host.name.chars().count()).max().unwrap_or(0);
    let rows = hosts.iter().map(|host| {
        let pairing = if host.pairing_required { "pairing required" } else { "open" };
        let claim = host.unverified_fingerprint.map(|id| format!("  claims {id}")).unwrap_or_default();
        format!("{:width$}  {}  {pairing}{claim}", host.name, host.addresses[0])
    });
    rows.collect::<Vec<_>>().join("\n")
}
