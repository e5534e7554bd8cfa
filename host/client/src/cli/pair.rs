//! `pair`: both sides prove the PIN, and the host is remembered.

use std::io::{IsTerminal as _, Write as _, stderr, stdin};
use std::path::Path;

use punktfunk_client::{HostAddress, PinCode, pair};
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
    let program = std::env::args().next().unwrap_or_else(|| "punktfunk-client".to_owned());
    let next = connect(&program, address, args.peer.identity.as_deref());
    let text = format!("paired with {address}\nhost     {host}\ndevice   {device}\nNow: {next}");
    Ok(Done::new(text, value))
}

/// The command that connects with the same identity, for the shell in which this one was typed.
fn connect(program: &str, address: &HostAddress, identity: Option<&Path>) -> String {
    let word = |word: &str| match word.contains([' ', '\'', '"', '$', '\\']) {
        true => format!("'{}'", word.replace('\'', r"'\''")),
        false => word.to_owned(),
    };
    let identity = identity.map(|dir| format!(" --identity {}", word(&dir.to_string_lossy())));
    format!("{} connect {address}{}", word(program), identity.unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_type_next_is_the_program_that_was_typed_with_the_identity_that_was_paired() {
        let address = "127.0.0.1".parse().unwrap();
        assert_eq!(connect("punktfunk-client", &address, None), "punktfunk-client connect 127.0.0.1:9777");
        assert_eq!(
            connect("target/debug/punktfunk-client", &address, Some(Path::new("/my keys"))),
            "target/debug/punktfunk-client connect 127.0.0.1:9777 --identity '/my keys'"
        );
    }
}
