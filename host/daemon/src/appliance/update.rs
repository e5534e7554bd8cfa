//! How the box is updated, as `punktfunk-update` says it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::text;

/// What is read at the most, bytes.
const MOST_BYTES: u64 = 16 * 1024;
const MOST_VERSION: usize = 64;
const MOST_WORD: usize = 32;
const MOST_REASON: usize = 400;

/// How the box is updated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpdateStatus {
    /// The version that runs.
    #[schema(example = "1.2.3")]
    pub running: Option<String>,
    /// A newer one that the feed offers.
    #[schema(example = "1.2.4")]
    pub available: Option<String>,
    /// The one that is installed and starts with the next restart.
    #[schema(example = "1.2.4")]
    pub waiting: Option<String>,
    /// What is being done, in a word: `idle`, `comparing`, `downloading`, `verifying`, `waiting_for_restart` or `on_trial`.
    #[schema(example = "downloading")]
    pub phase: Option<String>,
    /// How far that is, per cent.
    #[schema(example = 42, maximum = 100)]
    pub progress_percent: Option<u8>,
    /// How the last update ended.
    pub last: Option<LastUpdate>,
    /// For how many days nothing was heard from the feed, once that is longer than the policy bears.
    #[schema(example = 20)]
    pub silent_days: Option<u32>,
}

/// How an update ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LastUpdate {
    /// To which version it was.
    #[schema(example = "1.2.4")]
    pub version: String,
    /// How it ended, in a word: `good` when it stays, `went_back` when the box is on the version before again, `gate_failed`
    /// while it has not proven itself.
    #[schema(example = "went_back")]
    pub outcome: String,
    /// Why, if there is a reason to give.
    #[schema(example = "video: picture 3 was decoded to nothing; go back to the version before")]
    pub reason: Option<String>,
    /// When (RFC 3339).
    #[schema(example = "2026-11-29T01:02:03Z")]
    pub at: Option<String>,
}

impl LastUpdate {
    /// Whether the box has gone back to the version before.
    pub fn went_back(&self) -> bool {
        self.outcome == "went_back"
    }

    /// Whether it runs, and its gate stayed shut.
    pub fn gate_failed(&self) -> bool {
        self.outcome == "gate_failed"
    }

    /// Whether it could not be installed.
    pub fn failed(&self) -> bool {
        self.outcome == "failed"
    }
}

/// `None` where nothing is there, or nothing that could be understood.
pub(super) fn read(path: &Path) -> Option<UpdateStatus> {
    let bytes = text::read_some(path, MOST_BYTES)?;
    understand(&serde_json::from_slice(&bytes).ok()?)
}

fn understand(value: &Value) -> Option<UpdateStatus> {
    let status = value.as_object()?;
    let word = |key: &str, most| said(status.get(key)?, most);
    Some(UpdateStatus {
        running: word("running", MOST_VERSION),
        available: word("available", MOST_VERSION),
        waiting: word("waiting", MOST_VERSION),
        phase: word("phase", MOST_WORD),
        progress_percent: status.get("progress").and_then(percent),
        last: status.get("last").and_then(last),
        silent_days: status
            .get("silent_days")
            .and_then(Value::as_u64)
            .and_then(|days| u32::try_from(days).ok()),
    })
}

fn last(value: &Value) -> Option<LastUpdate> {
    let last = value.as_object()?;
    Some(LastUpdate {
        version: said(last.get("version")?, MOST_VERSION)?,
        outcome: said(last.get("outcome")?, MOST_WORD)?,
        reason: last.get("reason").and_then(|reason| said(reason, MOST_REASON)),
        at: last.get("at").and_then(|at| said(at, MOST_WORD)),
    })
}

/// A text in one line; `None` for anything else, and for nothing.
fn said(value: &Value, most: usize) -> Option<String> {
    let line = text::line(&value.as_str()?.replace('\n', " "), most);
    (!line.trim().is_empty()).then(|| line.trim().to_owned())
}

fn percent(progress: &Value) -> Option<u8> {
    let percent = progress.get("percent")?.as_u64()?;
    u8::try_from(percent).ok().map(|percent| percent.min(100))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_the_updater_says_is_understood() {
        let status = understand(&json!({
            "running": "1.2.3", "available": "1.2.4", "phase": "downloading", "waiting": null,
            "progress": { "percent": 25, "done": 10, "total": 40 }, "silent_days": 20,
            "last": { "version": "1.2.2", "outcome": "went_back", "reason": "console: silent",
                "at": "2026-11-29T01:02:03Z" },
        }));
        let last = LastUpdate {
            version: "1.2.2".to_owned(),
            outcome: "went_back".to_owned(),
            reason: Some("console: silent".to_owned()),
            at: Some("2026-11-29T01:02:03Z".to_owned()),
        };
        assert!(last.went_back());
        let expected = UpdateStatus {
            running: Some("1.2.3".to_owned()),
            available: Some("1.2.4".to_owned()),
            waiting: None,
            phase: Some("downloading".to_owned()),
            progress_percent: Some(25),
            last: Some(last),
            silent_days: Some(20),
        };
        assert_eq!(status, Some(expected));
        let empty = json!({ "available": null, "progress": null, "last": null, "of_the_future": [1] });
        assert_eq!(understand(&empty), Some(UpdateStatus::default()));
    }

    #[test]
    fn what_is_of_another_kind_is_left_out() {
        for odd in [json!(null), json!([]), json!("text"), json!(7)] {
            assert_eq!(understand(&odd), None);
        }
        let odd = json!({ "running": 7, "silent_days": -1, "available": "", "phase": {}, "progress": { "percent": 300 },
            "last": { "version": "1" } });
        assert_eq!(understand(&odd), Some(UpdateStatus::default()));
        assert_eq!(percent(&json!({ "percent": 200 })), Some(100));
        assert_eq!(percent(&json!({ "percent": -5 })), None);
    }

    proptest! {
        #[test]
        fn hostile_words_come_out_short_and_harmless(text in ".{0,2000}", progress in any::<u64>()) {
            let value = json!({ "running": text, "available": text, "waiting": text, "phase": text,
                "progress": { "percent": progress },
                "last": { "version": text, "outcome": text, "reason": text, "at": text } });
            let status = understand(&value).unwrap();
            let last = status.last.unwrap_or_default();
            let all = [status.running, status.available, status.waiting, status.phase, last.at, Some(last.version), Some(last.outcome), last.reason];
            for word in all.into_iter().flatten() {
                prop_assert!(word.chars().count() <= MOST_REASON + 1);
                prop_assert!(!word.chars().any(char::is_control));
            }
        }

        #[test]
        fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("status.json");
            std::fs::write(&path, &bytes).unwrap();
            let _ = read(&path);
        }
    }
}
