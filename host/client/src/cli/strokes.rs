//! Typing into a session, at a pace that every desktop reads as separate keys.

use std::thread::sleep;
use std::time::Duration;

use punktfunk_client::{CancelToken, InputEvent, NativeClient};

use super::keys::{LEFT_SHIFT, Stroke};

const HELD: Duration = Duration::from_millis(30);
const GAP: Duration = Duration::from_millis(30);

/// Types until done, stopped, or out of a session.
pub(crate) fn type_strokes(client: &NativeClient, strokes: &[Stroke], stop: &CancelToken) {
    for stroke in strokes {
        if stop.is_cancelled() || press(client, *stroke).is_err() {
            return;
        }
        sleep(GAP);
    }
}

fn press(client: &NativeClient, stroke: Stroke) -> Result<(), punktfunk_client::InputError> {
    let key = |vk: u8, down| client.send_input(&InputEvent::Key { vk: vk.into(), down });
    if stroke.shift {
        key(LEFT_SHIFT, true)?;
        sleep(GAP);
    }
    key(stroke.key, true)?;
    sleep(HELD);
    key(stroke.key, false)?;
    if stroke.shift {
        sleep(GAP);
        key(LEFT_SHIFT, false)?;
    }
    Ok(())
}
