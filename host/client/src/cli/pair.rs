//! `pair`: both sides prove the PIN, and the host is remembered.

use std::io::{IsTerminal as _, Write as _, stderr, stdin};

use punktfunk_client::{PinCode, pair};
use serde_json::json;

use super::args::PairArgs;
use super::failure::Failure;
use super::known_hosts::{KnownHost, TrustedBy};
use super::place::Myself;
use super::report::Done;

pub(crate) fn run(args: PairArgs) -> Result<Done, Failure> {
    let typed = match args.pin {
        Some(pin) => pin.0,
        None => ask()?,
    };
    let pin = PinCode::parse(&typed).map_err(|error| Failure::usage(format_args!("--pin: {error}")))?;
    let myself = Myself::load(&args.peer)?;
    let host = pair(&args.peer.host, &myself.identity, myself.name.as_deref().unwrap_or(""), &pin)?;
    myself.known_hosts.remember(&args.peer.host, KnownHost { id: host, by: TrustedBy::Pairing })?;
    let (address, device) = (&args.peer.host, myself.identity.id());
    let value = json!({
        "paired": true,
        "host": address.to_string(),
        "host_fingerprint": host.to_string(),
        "device_fingerprint": device.to_string(),
    });
    let text = format!(
        "paired with {address}\nhost     {host}\ndevice   {device}\nNow: punktfunk-client connect {address}"
    );
    Ok(Done::new(text, value))
}

fn ask() -> Result<String, Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::usage(
            "--pin is missing: give the PIN that the host shows (`punktfunk-host pair arm`)",
        ));
    }
    let _ = write!(stderr(), "PIN that the host shows: ").and_then(|()| stderr().flush());
    let mut typed = String::new();
    stdin()
        .read_line(&mut typed)
        .map_err(|error| Failure::new("local", format_args!("the PIN cannot be read: {error}")))?;
    Ok(typed)
}
