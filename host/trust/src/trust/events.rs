//! What other connections, and the console, have to learn.

use std::collections::VecDeque;

use crate::{DeviceId, PendingId, Ticket, Via};

/// Events that wait for the caller; far more than one call makes.
const QUEUE: usize = 1024;

/// Something that happened. Where a ticket is given, its connection is to be acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrustEvent {
    /// A device has got a place in the waiting room.
    Knocked {
        /// The place.
        id: PendingId,
        /// The device.
        device: DeviceId,
    },
    /// The device of this place was let in; its parked connection goes on.
    Approved {
        /// The place, gone now.
        id: PendingId,
        /// The device.
        device: DeviceId,
        /// The parked connection.
        ticket: Option<Ticket>,
    },
    /// The device was turned away (close code 0x64).
    Denied {
        /// The place, gone now.
        id: PendingId,
        /// The device.
        device: DeviceId,
        /// The parked connection.
        ticket: Option<Ticket>,
    },
    /// A newer connection of the same device waits instead (close code 0x66).
    Superseded {
        /// The older connection.
        ticket: Ticket,
    },
    /// A connection was parked for as long as the policy allows (close code 0x65); its device keeps the place.
    HoldEnded {
        /// The connection.
        ticket: Ticket,
    },
    /// A place was given up because its device has not knocked for long (0x65).
    Expired {
        /// The place, gone now.
        id: PendingId,
        /// The device.
        device: DeviceId,
        /// The parked connection.
        ticket: Option<Ticket>,
    },
    /// A place was taken away because the room is full (0x65).
    Evicted {
        /// The place, gone now.
        id: PendingId,
        /// The device.
        device: DeviceId,
        /// The parked connection.
        ticket: Option<Ticket>,
    },
    /// A device is trusted now, and that is on disk.
    Paired {
        /// The device.
        device: DeviceId,
        /// How.
        via: Via,
    },
    /// A device is trusted no more; end its streams (close code 0x69).
    Revoked {
        /// The device.
        device: DeviceId,
        /// False: it holds until a restart, but could not be saved yet.
        saved: bool,
    },
    /// A guest's time is over; end its streams (close code 0x69).
    Lapsed {
        /// The device.
        device: DeviceId,
    },
    /// Name or grant of a trusted device has changed.
    Changed {
        /// The device.
        device: DeviceId,
    },
    /// A PIN was armed.
    Armed,
    /// The PIN is no longer armed: spent, taken back, or its window is over.
    Disarmed,
    /// A device did not know the PIN, or broke off before it had shown that it does.
    WrongPin {
        /// The device.
        device: DeviceId,
    },
    /// No more PINs are armed without an owner: tell one. Comes once, until somebody arms a PIN or a device pairs.
    AutoArmStopped,
    /// Saving failed; [`Trust::trouble`](crate::Trust::trouble) says why.
    StoreFailed,
    /// All is saved again.
    StoreRecovered,
    /// Pairing is required from now on: streams of devices that are not trusted are to be ended (0x69).
    OpenModeEnded,
    /// So many events were lost because nobody polled: compare with the lists.
    Missed(u64),
}

#[derive(Default)]
pub(crate) struct Events {
    queue: VecDeque<TrustEvent>,
    missed: u64,
}

impl Events {
    pub(crate) fn push(&mut self, event: TrustEvent) {
        if self.queue.len() == QUEUE {
            self.queue.pop_front();
            self.missed += 1;
        }
        self.queue.push_back(event);
    }

    pub(crate) fn pop(&mut self) -> Option<TrustEvent> {
        if self.missed > 0 {
            return Some(TrustEvent::Missed(std::mem::take(&mut self.missed)));
        }
        self.queue.pop_front()
    }
}
