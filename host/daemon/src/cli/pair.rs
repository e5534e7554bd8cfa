//! `pair …`: who may stream, from the command line.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use punktfunk_trust::{DeviceId, Door};
use reqwest::Method;
use serde::Serialize;

use super::local::{Local, LocalError, RuntimeDir};
use super::print::{self, Output};
use crate::console::{
    AmendBody, ApproveBody, ArmBody, Client, DenyBody, EnterPinBody, Ignored, LetInBy, Pending, PinStatus,
};

/// Says who may stream from the running host.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct PairArgs {
    #[command(flatten)]
    runtime: RuntimeDir,
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    verb: Verb,
}

const EXAMPLES: &str = "\
Examples:
  punktfunk-host pair pending                  who is waiting
  punktfunk-host pair approve 271828182845     let that device in; it goes on at once
  punktfunk-host pair arm                      show a PIN to type on the device
  punktfunk-host pair revoke 9f2c…             throw a device out; its stream ends";

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the devices that wait for an answer
    Pending,
    /// Let a waiting device in, for ever
    Approve {
        /// Its number in `pair pending`
        #[arg(value_parser = number)]
        id: u64,
        /// What to call it from now on
        #[arg(long)]
        name: Option<String>,
        /// Only if it has this fingerprint (64 hex digits); without it, the one that `pair pending` shows now. Needed
        /// for a device whose name looks like that of one you know
        #[arg(long, value_name = "FP")]
        fingerprint: Option<String>,
    },
    /// Enter the PIN that a waiting Moonlight client shows
    Moonlight {
        /// The PIN, four digits
        #[arg(long)]
        pin: String,
        /// Its number in `pair pending`; may be left out while one such device waits
        #[arg(long, value_name = "ID", value_parser = number)]
        device: Option<u64>,
    },
    /// Turn a waiting device away; it may knock again later
    Deny {
        /// Its number in `pair pending`
        #[arg(value_parser = number)]
        id: u64,
        /// Do not show it again, until `pair forgive`
        #[arg(long)]
        ignore: bool,
    },
    /// List the devices whose knocks are not shown
    Ignored,
    /// Show the knocks of an ignored device again
    Forgive {
        /// Its fingerprint (64 hex digits)
        fingerprint: String,
    },
    /// Make a PIN, good for one guess
    Arm {
        /// Only the device with this fingerprint may use it
        #[arg(long = "for", value_name = "FP")]
        fingerprint: Option<String>,
        /// How many seconds it works, 15 to 600
        #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(15..=600))]
        seconds: Option<u64>,
    },
    /// Take the PIN back
    Disarm,
    /// List the devices that are let in
    List,
    /// Call a device something else
    Rename {
        /// Its fingerprint, or the start of it if that names only one
        device: String,
        /// The new name
        name: String,
    },
    /// Throw a device out and end its streams
    Revoke {
        /// Its fingerprint, or the start of it if that names only one
        device: String,
    },
}

/// Runs the verb.
pub(super) fn run(args: &PairArgs) -> ExitCode {
    let done = Local::open(&args.runtime.path).and_then(|local| match &args.verb {
        Verb::Pending => pending(&local, args.output),
        Verb::Approve { id, name, fingerprint } => {
            approve(&local, args.output, *id, name.as_deref(), fingerprint.as_deref())
        }
        Verb::Moonlight { pin, device } => moonlight(&local, args.output, pin, *device),
        Verb::Deny { id, ignore } => deny(&local, args.output, *id, *ignore),
        Verb::Ignored => ignored(&local, args.output),
        Verb::Forgive { fingerprint } => forgive(&local, args.output, fingerprint),
        Verb::Arm { fingerprint, seconds } => arm(&local, args.output, fingerprint.as_deref(), *seconds),
        Verb::Disarm => disarm(&local, args.output),
        Verb::List => list(&local, args.output),
        Verb::Rename { device, name } => rename(&local, args.output, device, name),
        Verb::Revoke { device } => revoke(&local, args.output, device),
    });
    print::outcome(args.output, done)
}

fn pending(local: &Local, output: Output) -> Result<(), LocalError> {
    let waiting: Vec<Pending> = local.get("/native/pending")?;
    output.show(&waiting, || {
        if waiting.is_empty() {
            return "Nobody is waiting. Connect with a device, and it is listed here.\n".to_owned();
        }
        waiting.iter().map(describe).collect()
    });
    Ok(())
}

fn describe(waiting: &Pending) -> String {
    let Pending { id, name, fingerprint, source, age_secs, knocks, .. } = waiting;
    let words = waiting.words.join(" ");
    let mut text = format!("{id}  {name}\n  {words}\n  fingerprint {fingerprint}\n");
    let age = print::span(*age_secs);
    text += &match knocks {
        1 => format!("  from {source}, knocked {age} ago\n"),
        more => format!("  from {source}, knocked {more} times, last {age} ago\n"),
    };
    if let Some(code) = &waiting.match_code {
        text += &format!("  code {}, and the device shows the same\n", code.join(" "));
    }
    if let Some(other) = &waiting.looks_like {
        text += &format!(
            "  CAREFUL: the name could be mistaken for your {}; compare the fingerprint\n",
            other.name
        );
    }
    if waiting.via == LetInBy::Pin {
        text += &format!(
            "  shows a PIN: read it from the device, then `pair moonlight --pin PIN --device {id}`\n"
        );
    }
    if waiting.returning {
        text += "  was let in before; its time ran out\n";
    }
    text
}

fn approve(
    local: &Local,
    output: Output,
    id: u64,
    name: Option<&str>,
    fingerprint: Option<&str>,
) -> Result<(), LocalError> {
    let waiting: Vec<Pending> = local.get("/native/pending")?;
    let shown = waiting.into_iter().find(|waiting| waiting.id == id);
    let shown = shown
        .ok_or_else(|| print::unknown(format!("nobody waits as {id}; `pair pending` lists who does")))?;
    if let (Some(other), None) = (&shown.looks_like, fingerprint) {
        return Err(print::refused(
            "looks_like",
            format!(
                "the name of {id} could be mistaken for your {}, and a stranger can choose any name: compare the \
                 fingerprint on the device itself with {}, and if they are the same, approve with --fingerprint and \
                 all 64 digits",
                other.name, shown.fingerprint
            ),
        ));
    }
    let fingerprint = fingerprint.map_or(shown.fingerprint, str::to_owned);
    let body = ApproveBody {
        fingerprint,
        revision: shown.revision,
        name: name.map(str::to_owned),
        level: None,
        expires_in_secs: None,
    };
    let client: Client = local.send(Method::POST, &format!("/native/pending/{id}/approve"), &body)?;
    output.show(&client, || format!("{} is let in (fingerprint {})\n", client.name, client.fingerprint));
    Ok(())
}

fn moonlight(local: &Local, output: Output, pin: &str, device: Option<u64>) -> Result<(), LocalError> {
    let waiting: Vec<Pending> = local.get("/native/pending")?;
    let mut fitting =
        waiting.into_iter().filter(|one| one.via == LetInBy::Pin && device.is_none_or(|id| one.id == id));
    let shown = match (fitting.next(), fitting.next()) {
        (Some(one), None) => one,
        (None, _) => {
            return Err(print::unknown(match device {
                Some(id) => format!("no Moonlight client waits as {id}; `pair pending` lists who does"),
                None => "no Moonlight client waits; start pairing on it, and read the PIN from it".to_owned(),
            }));
        }
        (Some(_), Some(_)) => {
            return Err(print::unknown(
                "several Moonlight clients wait, and a PIN is for one of them: compare the addresses in `pair pending`, \
                 and name yours with --device"
                    .to_owned(),
            ));
        }
    };
    let Pending { id, fingerprint, revision, .. } = shown;
    let body = EnterPinBody { fingerprint, revision, pin: pin.to_owned() };
    let client: Client = local.send(Method::POST, &format!("/native/pending/{id}/pin"), &body)?;
    output.show(&client, || format!("{} is paired (fingerprint {})\n", client.name, client.fingerprint));
    Ok(())
}

fn deny(local: &Local, output: Output, id: u64, ignore: bool) -> Result<(), LocalError> {
    local.order(Method::POST, &format!("/native/pending/{id}/deny"), Some(&DenyBody { ignore }))?;
    output.show(&Done { done: true }, || format!("{id} is turned away\n"));
    Ok(())
}

fn ignored(local: &Local, output: Output) -> Result<(), LocalError> {
    let ignored: Vec<Ignored> = local.get("/native/ignored")?;
    output.show(&ignored, || {
        if ignored.is_empty() {
            return "Nobody is ignored\n".to_owned();
        }
        ignored.iter().map(|ignored| format!("{}  {}\n", ignored.fingerprint, ignored.name)).collect()
    });
    Ok(())
}

fn forgive(local: &Local, output: Output, fingerprint: &str) -> Result<(), LocalError> {
    let fingerprint = whole(fingerprint)?;
    local.order(Method::DELETE, &format!("/native/ignored/{fingerprint}"), None::<&()>)?;
    output.show(&Done { done: true }, || format!("{fingerprint} is shown again when it knocks\n"));
    Ok(())
}

fn arm(
    local: &Local,
    output: Output,
    fingerprint: Option<&str>,
    seconds: Option<u64>,
) -> Result<(), LocalError> {
    let body = ArmBody { ttl_secs: seconds, fingerprint: fingerprint.map(str::to_owned) };
    let status: PinStatus = local.send(Method::POST, "/native/pair/arm", &body)?;
    output.show(&status, || {
        let pin = status.pin.as_deref().unwrap_or("none");
        let mut text = format!("PIN {pin}\n");
        if let Some(wait) = status.usable_in_secs.filter(|wait| *wait > 0) {
            text += &format!("works in {} (there were wrong PINs before)\n", print::span(wait));
        }
        text + &format!("good for one guess, within {}\n", print::span(status.expires_in_secs.unwrap_or(0)))
    });
    Ok(())
}

fn disarm(local: &Local, output: Output) -> Result<(), LocalError> {
    local.order(Method::DELETE, "/native/pair", None::<&()>)?;
    output.show(&Done { done: true }, || "No PIN is armed now\n".to_owned());
    Ok(())
}

fn list(local: &Local, output: Output) -> Result<(), LocalError> {
    let clients: Vec<Client> = local.get("/native/clients")?;
    output.show(&clients, || {
        if clients.is_empty() {
            return "Nobody is let in yet. `pair pending` shows who waits, `pair arm` makes a PIN.\n"
                .to_owned();
        }
        let line = |client: &Client| {
            let streaming = if client.streaming > 0 { ", streaming now" } else { "" };
            let (paired_by, level) = (print::word(client.paired_by), print::word(client.level));
            let door = if client.door == Door::GameStream { ", Moonlight" } else { "" };
            format!("{}  {} ({paired_by}{door}, {level}{streaming})\n", client.fingerprint, client.name)
        };
        clients.iter().map(line).collect()
    });
    Ok(())
}

fn rename(local: &Local, output: Output, device: &str, name: &str) -> Result<(), LocalError> {
    let fingerprint = resolve(local, device)?;
    let body = AmendBody { name: Some(name.to_owned()), ..AmendBody::default() };
    let client: Client = local.send(Method::PATCH, &format!("/native/clients/{fingerprint}"), &body)?;
    output.show(&client, || format!("it is called {} now\n", client.name));
    Ok(())
}

fn revoke(local: &Local, output: Output, device: &str) -> Result<(), LocalError> {
    let fingerprint = resolve(local, device)?;
    local.order(Method::DELETE, &format!("/native/clients/{fingerprint}"), None::<&()>)?;
    output.show(&Done { done: true }, || format!("{fingerprint} is out\n"));
    Ok(())
}

/// The full fingerprint that `start` begins. A convenience for typing only: it must name exactly one device.
fn resolve(local: &Local, start: &str) -> Result<DeviceId, LocalError> {
    let start = start.to_ascii_lowercase();
    if start.len() >= 64 {
        return whole(&start);
    }
    let clients: Vec<Client> = local.get("/native/clients")?;
    let mut fitting = clients.into_iter().filter(|client| client.fingerprint.starts_with(&start));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => whole(&one.fingerprint),
        (None, _) => Err(print::unknown(format!(
            "no device's fingerprint starts with {start}; `pair list` shows them"
        ))),
        (Some(_), Some(_)) => {
            Err(print::unknown(format!("several fingerprints start with {start}; give more digits")))
        }
    }
}

/// The number of somebody who waits.
fn number(text: &str) -> Result<u64, &'static str> {
    text.parse().map_err(|_| "that is no number; `pair pending` shows the numbers of those who wait")
}

fn whole(fingerprint: &str) -> Result<DeviceId, LocalError> {
    fingerprint
        .parse()
        .map_err(|why| print::refused("bad_fingerprint", format!("{why}; `pair list` shows it whole")))
}

#[derive(Serialize)]
struct Done {
    done: bool,
}
