//! The host's hold on a running stream.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use crate::control::message::{HostMessage, Termination};

/// Messages that may wait to be sent; the newest are dropped.
const MAX_WAITING: usize = 64;

/// Ends a stream from outside, and speaks to its client. Clones are the same link.
#[derive(Clone, Debug)]
pub struct Link(Arc<State>);

#[derive(Debug)]
struct State {
    ending: AtomicU8,
    round_trip_us: AtomicU32,
    /// Data packets sent since this was last looked at.
    data_packets: AtomicU32,
    /// The loss that parity is to be made for, parts per million.
    loss_ppm: AtomicU32,
    has_messages: AtomicBool,
    messages: Mutex<VecDeque<HostMessage>>,
    over: watch::Sender<bool>,
}

const GOES_ON: u8 = 0;
const ENDS: u8 = 1;
const BROKEN: u8 = 2;

impl Link {
    pub(crate) fn new() -> Self {
        Self(Arc::new(State {
            ending: AtomicU8::new(GOES_ON),
            round_trip_us: AtomicU32::new(0),
            data_packets: AtomicU32::new(0),
            loss_ppm: AtomicU32::new(0),
            has_messages: AtomicBool::new(false),
            messages: Mutex::default(),
            over: watch::Sender::new(false),
        }))
    }

    /// Ends the stream; its client is told that this was intended. Does not block.
    pub fn end(&self) {
        self.leave(ENDS);
    }

    /// Ends the stream; its client is told that there are no more pictures.
    pub(crate) fn break_down(&self) {
        self.leave(BROKEN);
    }

    fn leave(&self, why: u8) {
        // the first reason is the one
        let _ = self.0.ending.compare_exchange(GOES_ON, why, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Tells the client something, soon. What a pad's motors do replaces what they were to do and has not been told yet.
    pub fn say(&self, message: HostMessage) {
        let mut messages = self.0.messages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = messages.iter_mut().find(|waiting| waiting.is_replaced_by(&message)) {
            *waiting = message;
        } else if messages.len() < MAX_WAITING {
            messages.push_back(message);
            self.0.has_messages.store(true, Ordering::Release);
        }
    }

    /// The round trip to the client, once it is known.
    #[must_use]
    pub fn round_trip(&self) -> Option<Duration> {
        let us = self.0.round_trip_us.load(Ordering::Relaxed);
        (us > 0).then(|| Duration::from_micros(us.into()))
    }

    pub(crate) fn set_round_trip(&self, time: Duration) {
        let us = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        self.0.round_trip_us.store(us, Ordering::Relaxed);
    }

    /// So many data packets of pictures went out.
    pub(crate) fn add_data_packets(&self, count: u32) {
        self.0.data_packets.fetch_add(count, Ordering::Relaxed);
    }

    /// How many since this was last asked.
    pub(crate) fn take_data_packets(&self) -> u32 {
        self.0.data_packets.swap(0, Ordering::Relaxed)
    }

    pub(crate) fn set_loss_ppm(&self, ppm: u32) {
        self.0.loss_ppm.store(ppm, Ordering::Relaxed);
    }

    /// The loss that parity is to be made for, parts per million.
    pub(crate) fn loss_ppm(&self) -> u32 {
        self.0.loss_ppm.load(Ordering::Relaxed)
    }

    /// How the stream is to end, once it is.
    pub(crate) fn ending(&self) -> Option<Termination> {
        match self.0.ending.load(Ordering::Relaxed) {
            GOES_ON => None,
            BROKEN => Some(Termination::NoPicture),
            _ => Some(Termination::Normal),
        }
    }

    pub(crate) fn take_messages(&self) -> Vec<HostMessage> {
        if !self.0.has_messages.swap(false, Ordering::Acquire) {
            return Vec::new();
        }
        self.0.messages.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }

    /// The stream has ended.
    pub(crate) fn set_over(&self) {
        self.end();
        self.0.over.send_replace(true);
    }

    /// Waits until it has.
    pub(crate) async fn over(&self) {
        // the sender lives as long as this link
        let _ = self.0.over.subscribe().wait_for(|over| *over).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_that_rumbles_without_end_cannot_keep_a_pad_from_coming_to_rest() {
        let link = Link::new();
        for strength in (0..1000).rev() {
            for pad in 0..16 {
                link.say(HostMessage::Rumble { pad, low: strength, high: 0 });
            }
        }
        let told = link.take_messages();
        assert_eq!(told.len(), 16);
        assert!(told.iter().all(|told| matches!(told, HostMessage::Rumble { low: 0, .. })), "{told:?}");
    }
}
