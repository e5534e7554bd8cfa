use super::params::is_shard_size;
use crate::wire::Control;

/// The host's side of changing S in a session (punktfunk/1 §4.10): it shrinks at once and grows only after
/// the client has said yes. Ask for [`ShardSize::current`] between frames, never inside one.
#[derive(Debug, Clone)]
pub struct ShardSize {
    current: u16,
    max: u16,
    asked: Option<u16>,
}

impl ShardSize {
    /// The size at the start and the largest the client's Hello allows; 0 allows no change at all.
    #[must_use]
    pub fn new(current: u16, max_shard: u16) -> Self {
        Self { current, max: max_shard, asked: None }
    }

    /// The size for the next frame, in bytes.
    #[must_use]
    pub fn current(&self) -> u16 {
        self.current
    }

    /// Changes the size. Returns what to tell the client; `None` if it is no legal change.
    pub fn change(&mut self, bytes: u16) -> Option<Control> {
        if self.max == 0 || bytes > self.max || !is_shard_size(bytes) || bytes == self.current {
            return None;
        }
        if bytes < self.current {
            self.current = bytes;
            self.asked = None;
        } else {
            self.asked = Some(bytes);
        }
        Some(Control::ShardPayloadChanged(bytes))
    }

    /// The client has said yes. Whether the size has changed by that.
    pub fn acknowledged(&mut self, bytes: u16) -> bool {
        let agreed = self.asked == Some(bytes);
        if agreed {
            self.current = bytes;
            self.asked = None;
        }
        agreed
    }
}
