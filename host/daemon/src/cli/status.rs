//! `status`: what the running host is doing.

use std::process::ExitCode;

use clap::Args;

use super::local::{Local, LocalError, RuntimeDir};
use super::print::{self, Output};
use crate::app::{AttentionCode, Status, StreamView as Stream};
use crate::appliance::UpdateStatus;
use crate::session::{SessionView as Session, SoundShown};

/// Says what the running host is doing.
#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    runtime: RuntimeDir,
    #[command(flatten)]
    output: Output,
}

/// Runs the verb.
pub(super) fn run(args: &StatusArgs) -> ExitCode {
    print::outcome(args.output, show(args))
}

fn show(args: &StatusArgs) -> Result<(), LocalError> {
    let status: Status = Local::open(&args.runtime.path)?.get("/status")?;
    args.output.show(&status, || describe(&status));
    Ok(())
}

fn describe(status: &Status) -> String {
    let mut text =
        format!("{} (version {}, up {})\n", status.name, status.version, print::span(status.uptime_secs));
    text += &format!("  fingerprint {}\n", status.fingerprint);
    text += match status.pairing_required {
        true => "  pairing     required\n",
        false => "  pairing     NOT required: every device on the network may stream\n",
    };
    text += &format!("  devices     {} let in, {} waiting\n", status.paired, status.pending);
    text += &status.update.as_ref().map_or_else(String::new, updating);
    for attention in &status.attention {
        text += &format!("  attention   {attention}\n");
        if attention.code == AttentionCode::PolicyRefused {
            for line in attention.params.get("text").into_iter().flat_map(|text| text.lines()) {
                text += &format!("              {line}\n");
            }
        }
    }
    for session in &status.sessions {
        let Session { id, width, height, refresh_hz, codec, kbps, fps, source, encoder, fault, .. } = session;
        text += &format!(
            "  session {id:<3} {source} as {width}x{height}@{refresh_hz} {codec}, {fps} pictures/s, {kbps} kbit/s, {encoder}\n"
        );
        if let Some(fault) = fault {
            text += &format!("              no picture: {}\n", fault.sentence);
        }
        text += &match (&session.sound, &session.sound_fault) {
            (Some(SoundShown::Tone), _) => "              sound: the test tone\n".to_owned(),
            (Some(SoundShown::System), _) => "              sound: what the box plays\n".to_owned(),
            (Some(SoundShown::Film), _) => "              sound: the film's\n".to_owned(),
            (None, Some(fault)) => format!("              no sound: {}\n", fault.sentence),
            (None, None) => "              no sound\n".to_owned(),
        };
    }
    for Stream { name, source, session, fps, kbps, loss_ppm, .. } in &status.streams {
        let loss = f64::from(*loss_ppm) / 10_000.0;
        text += &format!(
            "  stream      {name} at {source}: session {session}, {fps} frames/s, {kbps} kbit/s, {loss:.2} % lost\n"
        );
    }
    text
}

/// How the box is updated, in one line; nothing where the updater has said nothing yet.
fn updating(update: &UpdateStatus) -> String {
    let UpdateStatus { running, available, phase, progress_percent, .. } = update;
    let running = running.as_ref().map(|version| format!("version {version} runs"));
    let available = available.as_ref().map(|version| format!("version {version} is offered"));
    let phase = phase.as_ref().map(|phase| match progress_percent {
        Some(percent) => format!("{phase}, {percent} %"),
        None => phase.clone(),
    });
    let said: Vec<String> = [running, available, phase].into_iter().flatten().collect();
    match said.is_empty() {
        true => String::new(),
        false => format!("  update      {}\n", said.join("; ")),
    }
}
