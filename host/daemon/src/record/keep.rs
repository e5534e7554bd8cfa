//! Writes the record down as it grows, so that a restart does not forget who was let in by whom.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::time::sleep;

use super::{Kept, newest_first};
use crate::app::{Host, HostEvent};
use crate::owner::Desk;

/// What happens together is written together.
const TOGETHER: Duration = Duration::from_secs(1);
/// Wrong passwords make no event; they are written as often as this.
const AT_LEAST_EVERY: Duration = Duration::from_secs(60);

/// Keeps the record until the host goes down, and then once more.
pub async fn keep(host: Arc<Host>, owner: Arc<Desk>, kept: Arc<Kept>) {
    let mut events = host.watch();
    let mut failing = false;
    loop {
        let down = tokio::select! {
            () = host.going_down() => true,
            () = sleep(AT_LEAST_EVERY) => false,
            () = async { while !is_decision(&events.recv().await) {} } => {
                tokio::select! {
                    () = host.going_down() => true,
                    () = sleep(TOGETHER) => false,
                }
            }
        };
        let (lines, file) = (newest_first(&host, &owner, &kept), Arc::clone(&kept));
        let saved = tokio::task::spawn_blocking(move || file.save(lines)).await;
        match saved {
            Ok(Ok(())) => failing = false,
            // the allow-list complains about the same disk, and louder; one line is enough
            Ok(Err(error)) if !std::mem::replace(&mut failing, true) => {
                tracing::warn!("the record of what happened cannot be written: {error}; check the disk");
            }
            Ok(Err(_)) | Err(_) => {}
        }
        if down {
            return;
        }
    }
}

/// Whether something may have happened that is worth writing.
fn is_decision(event: &Result<HostEvent, RecvError>) -> bool {
    !matches!(
        event,
        Ok(HostEvent::Knocked { .. }
            | HostEvent::StatusChanged
            | HostEvent::StreamStarted { .. }
            | HostEvent::StreamEnded { .. })
    )
}
