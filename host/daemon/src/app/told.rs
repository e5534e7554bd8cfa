//! What is told about something that is wrong: a word for programs, and sentences for people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::MachineCode;

/// Why a picture stands in for the source's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fault {
    /// A stable word for programs.
    #[schema(value_type = MachineCode)]
    pub code: String,
    /// What the sentence is about, by name: for those who say it in another language.
    pub params: BTreeMap<String, String>,
    /// What happened.
    #[schema(example = "no screen is on (HDMI-A-1 is dark)")]
    pub sentence: String,
    /// What to do about it.
    #[schema(example = "start a session on the machine, or wake its display")]
    pub next: String,
}

impl Fault {
    /// A fault that is told in one sentence of the form "what happened; what to do next", as all errors here are.
    pub fn new(code: &str, params: Vec<(&'static str, String)>, told: &str) -> Self {
        let (sentence, next) = sentences(told);
        let params = params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { code: code.to_owned(), params, sentence, next }
    }
}

/// What is left to do where an error does not say it.
const NEXT: &str = "the host's log says more";

/// Parts "what happened; what to do next", or the same as two sentences.
pub(crate) fn split(told: &str) -> (String, Option<String>) {
    match told.split_once("; ").or_else(|| told.split_once(". ")) {
        Some((sentence, next)) => (sentence.to_owned(), Some(next.to_owned())),
        None => (told.to_owned(), None),
    }
}

/// The same, with something to do in any case.
pub(super) fn sentences(told: &str) -> (String, String) {
    let (sentence, next) = split(told);
    (sentence, next.unwrap_or_else(|| NEXT.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_and_what_to_do_are_told_apart() {
        let parts = |told| {
            let (sentence, next) = split(told);
            (sentence, next.unwrap_or_default())
        };
        let both = ("the disk is full".to_owned(), "free some space".to_owned());
        assert_eq!(parts("the disk is full; free some space"), both);
        assert_eq!(parts("the disk is full. free some space"), both);
        assert_eq!(parts("the disk is full"), (both.0.clone(), String::new()));
        assert_eq!(sentences("the disk is full").1, NEXT);
    }

    #[test]
    fn every_reason_without_a_picture_says_what_to_do() {
        use std::io::{Error, ErrorKind};

        use punktfunk_media::SourceError;
        use punktfunk_media::kms::ScreenError;

        let io = || Error::from(ErrorKind::ConnectionRefused);
        let (connector, driver) = ("HDMI-A-1".to_owned(), "i915".to_owned());
        let screen = [
            ScreenError::NoBroker { path: "/run/screen.sock".into(), source: io() },
            ScreenError::Broken(io()),
            ScreenError::Protocol(punktfunk_media::kms::protocol::ProtocolError::Malformed),
            ScreenError::NoCard,
            ScreenError::NoActiveOutput { connected: "HDMI-A-1 is dark".to_owned() },
            ScreenError::NoSuchOutput { name: connector.clone() },
            ScreenError::CapabilityMissing,
            ScreenError::Device { detail: "its planes".to_owned(), source: io() },
            ScreenError::Busy { clients: "4".to_owned() },
            ScreenError::Tiled { connector: connector.clone(), driver: driver.clone(), modifier: 1 },
            ScreenError::Format { connector, fourcc: "YUYV".to_owned() },
            ScreenError::Geometry { driver },
            ScreenError::Map(io()),
        ];
        let files = SourceError::File { path: "/film.mkv".into(), reason: "it is no video".to_owned() };
        let card = SourceError::TestCard { width: 1, height: 1, refresh_hz: 60 };
        let all = screen.into_iter().map(SourceError::from).chain([files, card]);
        let lines = all.map(|error| {
            let Fault { code, params, sentence, next } =
                Fault::new(error.code(), error.params(), &error.to_string());
            assert_ne!(next, NEXT, "{sentence}");
            format!("{code} {params:?}\n  {sentence}\n  {next}\n")
        });
        insta::assert_snapshot!("source_faults", lines.collect::<String>());
    }

    #[test]
    fn every_reason_without_sound_says_what_to_do() {
        use punktfunk_media::sound::{OpusError, SoundError};

        let reason = || "Connection refused".to_owned();
        for error in [
            SoundError::Opus(OpusError::NoEncoder),
            SoundError::Opus(OpusError::Failed { channels: 2, kbps: 96, reason: reason() }),
            SoundError::Library { reason: reason() },
            SoundError::Server { reason: reason() },
        ] {
            let fault = Fault::new(error.code(), error.params(), &error.to_string());
            assert!(fault.code.starts_with("sound_") && fault.next != NEXT, "{fault:?}");
        }
    }
}
