//! What wants the owner's eye about updates.

use super::{Attention, AttentionCode, Facts};

pub(super) fn last(facts: &Facts) -> Option<Attention> {
    let update = facts.update.as_ref()?;
    let last = update.last.as_ref()?;
    let version = &last.version;
    let reason = last.reason.as_deref().unwrap_or("no reason was given");
    // reasons are sentences of their own, so these are not parted at what is in them
    let (code, sentence, next) = if last.went_back() {
        (
            AttentionCode::UpdateWentBack,
            format!("the update to version {version} went back: {reason}"),
            "wait for the next version; `punktfunk-update status` on the box says more",
        )
    } else if last.failed() {
        (
            AttentionCode::UpdateFailed,
            format!("the update to version {version} could not be installed: {reason}"),
            "put that right and run `punktfunk-update install` on the box, or wait: it is tried again",
        )
    } else if last.gate_failed() && update.running.as_ref() == Some(version) {
        (
            AttentionCode::UpdateUnproven,
            format!("version {version} has not proven that it can stream: {reason}"),
            "put that right and start the box again, or keep it as it is with `punktfunk-update mark-good` on the box",
        )
    } else {
        return None;
    };
    Some(Attention::parted(code, sentence, next).with("version", version).with("reason", reason))
}

pub(super) fn silent_feed(facts: &Facts) -> Option<Attention> {
    let days = facts.update.as_ref()?.silent_days?;
    let sentence = format!("for {days} days nothing was heard of new versions");
    let next = "run `punktfunk-update check` on the box, which says what is wrong with update.feed";
    Some(Attention::parted(AttentionCode::FeedSilent, sentence, next).with("days", days))
}

pub(super) fn next(facts: &Facts) -> Option<Attention> {
    let update = facts.update.as_ref()?;
    if let Some(version) = &update.waiting {
        let sentence = format!("version {version} is installed and starts with the next restart");
        let next = "restart the box when nobody streams, or leave it to the time that update.window in the policy names";
        return Some(
            Attention::parted(AttentionCode::UpdateWaiting, sentence, next).with("version", version),
        );
    }
    let version = update.available.as_ref().filter(|version| update.running.as_ref() != Some(version))?;
    let sentence = format!("version {version} is ready to be installed");
    let next = "run `punktfunk-update install` on the box, or leave it to the time that update.window in the policy names";
    Some(Attention::parted(AttentionCode::UpdateReady, sentence, next).with("version", version))
}
