//! The control stream of a running session (punktfunk/1 §2.7, §2.8): what the client asks for, and when it is answered.

use std::collections::VecDeque;

use punktfunk_core::video::{AdaptiveFec, LossLevel};
use punktfunk_core::wire::{Allowance, Control, Mode, ProbeDelivery, ProbeGate, ReconfigureGate, RfiGate};

use super::ending::Ending;
use super::stream::{ControlReader, ControlWriter};

/// Messages held back until the client listens; more are dropped, newest first.
const MAX_HELD: usize = 32;
/// Pictures to start from that a client may ask for in quick succession.
const IDR_BURST: u32 = 4;
/// And from then on one in this time, nanoseconds: such a picture costs everybody who watches the session.
const IDR_EVERY_NS: u64 = 500_000_000;

/// Both halves of the control stream.
pub(super) struct ControlIo {
    pub(super) reader: ControlReader,
    pub(super) writer: ControlWriter,
}

/// What a message asks the host to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Order {
    /// Answer a clock probe at once; nothing may come before it.
    Echo {
        /// The client's time, given back.
        t1: u64,
    },
    /// Make the next picture an IDR.
    Idr,
    /// The client has lost this much; use this much parity.
    Loss {
        /// Parts per million.
        ppm: u32,
        /// What small pictures are to be guarded against, parts per million.
        guarded_ppm: u32,
        /// Per cent.
        percent: u8,
    },
    /// The client's bit rate wish, kbit/s.
    Bitrate(u32),
    /// Send filler at this rate for this long.
    Probe {
        /// kbit/s.
        kbps: u32,
        /// Milliseconds.
        ms: u32,
    },
    /// Say this.
    Say(Control),
}

/// Judges messages; bytes and time in, orders out.
pub(super) struct Conversation {
    reconfigure: ReconfigureGate,
    probes: ProbeGate,
    invalidations: RfiGate,
    idrs: Allowance,
    /// A request beyond the allowance waits for its turn.
    idr_waits: bool,
    /// None when the policy has turned parity off.
    fec: Option<AdaptiveFec>,
    loss: LossLevel,
    /// The mode in force.
    mode: Mode,
    /// The client understands the long form of ProbeResult.
    reads_delivery: bool,
    /// A message that could not be understood has been logged.
    grumbled: bool,
}

impl Conversation {
    pub(super) fn new(mode: Mode, fec_percent: u8, reads_delivery: bool) -> Self {
        Self {
            reconfigure: ReconfigureGate::new(),
            probes: ProbeGate::new(),
            invalidations: RfiGate::new(),
            idrs: Allowance::new(IDR_BURST, IDR_EVERY_NS),
            idr_waits: false,
            loss: LossLevel::default(),
            fec: (fec_percent > 0).then(|| AdaptiveFec::new(fec_percent)),
            mode,
            reads_delivery,
            grumbled: false,
        }
    }

    /// Takes one payload of the client.
    pub(super) fn hear(&mut self, now_ns: u64, payload: &[u8]) -> Option<Order> {
        match Control::decode(payload) {
            Ok(Control::ClockProbe { t1 }) => Some(Order::Echo { t1 }),
            Ok(Control::RequestKeyframe) => self.idr(now_ns),
            Ok(Control::RfiRequest { first, last }) => {
                if let Some(fec) = &mut self.fec {
                    fec.on_rfi();
                }
                // the encoders here keep no long-term references: an IDR is what helps
                self.invalidations.request(now_ns, first, last).and_then(|_| self.idr(now_ns))
            }
            Ok(Control::LossReport { ppm }) => {
                let percent = self.fec.as_mut().map_or(0, |fec| fec.on_report(ppm));
                Some(Order::Loss { ppm, guarded_ppm: self.loss.on_report(ppm), percent })
            }
            Ok(Control::SetBitrate { kbps }) => Some(Order::Bitrate(kbps)),
            Ok(Control::Reconfigure(mode)) => {
                let overtaken = self.reconfigure.request(mode);
                overtaken.map(|_| Order::Say(self.refusal()))
            }
            Ok(Control::ProbeRequest { kbps, ms }) => Some(match self.probes.request(now_ns, kbps, ms) {
                Some((kbps, ms)) if kbps > 0 && ms > 0 => Order::Probe { kbps, ms },
                _ => Order::Say(self.probe_result(0, 0, 0, 0)),
            }),
            Ok(Control::Unknown(kind)) => {
                self.grumble(&format!("unknown type 0x{kind:02x}"));
                None
            }
            // features that this host did not offer, and reports that it has no use for
            Ok(_) => None,
            Err(error) => {
                self.grumble(&error.to_string());
                None
            }
        }
    }

    /// A mode change whose turn has come.
    pub(super) fn due_mode(&mut self, now_ns: u64) -> Option<Mode> {
        self.reconfigure.poll(now_ns)
    }

    /// Whether the turn of a waiting request for an IDR has come.
    pub(super) fn due_idr(&mut self, now_ns: u64) -> bool {
        let due = self.idr_waits && self.idrs.allow(now_ns);
        self.idr_waits &= !due;
        due
    }

    /// When to ask for [`due_mode`](Self::due_mode) and [`due_idr`](Self::due_idr) again.
    pub(super) fn wake_at(&self, now_ns: u64) -> Option<u64> {
        let idr = self.idr_waits.then(|| self.idrs.opens_at(now_ns).unwrap_or(now_ns));
        self.reconfigure.wake_at(now_ns).into_iter().chain(idr).min()
    }

    fn idr(&mut self, now_ns: u64) -> Option<Order> {
        let now = self.idrs.allow(now_ns);
        self.idr_waits |= !now;
        now.then_some(Order::Idr)
    }

    /// The answer to a mode change that was done.
    pub(super) fn reconfigured(&mut self, mode: Mode) -> Control {
        self.mode = mode;
        Control::Reconfigured { accepted: true, mode }
    }

    /// The answer to a mode change that was not.
    pub(super) fn refusal(&self) -> Control {
        Control::Reconfigured { accepted: false, mode: self.mode }
    }

    /// The answer to a probe: what was offered to the kernel, and what it had no room for.
    pub(super) fn probe_result(&self, bytes: u64, packets: u32, dropped: u32, ms: u32) -> Control {
        let delivery = ProbeDelivery { wire_packets: packets.saturating_sub(dropped), dropped };
        Control::ProbeResult { bytes, packets, ms, delivery: self.reads_delivery.then_some(delivery) }
    }

    fn grumble(&mut self, what: &str) {
        if !std::mem::replace(&mut self.grumbled, true) {
            tracing::debug!(%what, "the device sent a control message that means nothing here; it is skipped");
        }
    }
}

/// What the host has to say, in order, held back while only clock echoes may be sent (§2.8).
#[derive(Debug, Default)]
pub(super) struct Outbox {
    held: VecDeque<Control>,
    open: bool,
}

impl Outbox {
    /// The client listens to everything from now on.
    pub(super) async fn open(&mut self, writer: &mut ControlWriter) -> Result<(), Ending> {
        self.open = true;
        while let Some(message) = self.held.pop_front() {
            writer.send(&message.encode()).await?;
        }
        Ok(())
    }

    /// Says it now, or once the client listens.
    pub(super) async fn say(&mut self, writer: &mut ControlWriter, message: Control) -> Result<(), Ending> {
        if self.open {
            writer.send(&message.encode()).await?;
        } else if self.held.len() < MAX_HELD {
            self.held.push_back(message);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODE: Mode = Mode { width: 1280, height: 720, refresh_hz: 60 };
    const SECOND: u64 = 1_000_000_000;

    fn conversation() -> Conversation {
        Conversation::new(MODE, 10, true)
    }

    #[test]
    fn a_lost_range_asks_for_an_idr_at_most_ten_times_a_second() {
        let mut conversation = conversation();
        let request = Control::RfiRequest { first: 3, last: 4 }.encode();
        assert_eq!(conversation.hear(SECOND, &request), Some(Order::Idr));
        assert_eq!(conversation.hear(SECOND + 50_000_000, &request), None);
        assert_eq!(conversation.hear(SECOND + 100_000_000, &request), Some(Order::Idr));
    }

    #[test]
    fn a_client_that_asks_for_idrs_all_the_time_gets_two_a_second() {
        let mut conversation = conversation();
        let request = Control::RequestKeyframe.encode();
        let mut count = 0;
        for ms in 0..10_000 {
            let now_ns = SECOND + ms * 1_000_000;
            count += u32::from(conversation.hear(now_ns, &request).is_some());
            count += u32::from(conversation.due_idr(now_ns));
        }
        assert!((IDR_BURST + 19..=IDR_BURST + 20).contains(&count), "{count}");
    }

    #[test]
    fn a_request_for_an_idr_that_comes_too_soon_is_only_put_off() {
        let mut conversation = conversation();
        let request = Control::RequestKeyframe.encode();
        for _ in 0..IDR_BURST {
            assert_eq!(conversation.hear(SECOND, &request), Some(Order::Idr));
        }
        assert_eq!(conversation.hear(SECOND, &request), None);
        assert!(!conversation.due_idr(SECOND));
        let at = conversation.wake_at(SECOND).unwrap();
        assert_eq!(at, SECOND + IDR_EVERY_NS);
        assert!(conversation.due_idr(at) && conversation.wake_at(at).is_none());
    }

    #[test]
    fn of_mode_changes_that_come_too_fast_the_last_one_counts_and_the_others_are_refused() {
        let mut conversation = conversation();
        let wish = |width| Control::Reconfigure(Mode { width, ..MODE }).encode();
        assert_eq!(conversation.hear(SECOND, &wish(640)), None);
        assert_eq!(conversation.due_mode(SECOND).map(|mode| mode.width), Some(640));
        assert_eq!(conversation.hear(SECOND + 1, &wish(800)), None);
        let refused = Order::Say(Control::Reconfigured { accepted: false, mode: MODE });
        assert_eq!(conversation.hear(SECOND + 2, &wish(1024)), Some(refused));
        assert_eq!(conversation.due_mode(SECOND + 3), None);
        let at = conversation.wake_at(SECOND + 3).unwrap();
        assert_eq!(conversation.due_mode(at).map(|mode| mode.width), Some(1024));
    }

    #[test]
    fn a_second_probe_within_ten_seconds_is_declined_with_zeros() {
        let mut conversation = conversation();
        let request = Control::ProbeRequest { kbps: 50_000, ms: 200 }.encode();
        assert_eq!(conversation.hear(SECOND, &request), Some(Order::Probe { kbps: 50_000, ms: 200 }));
        let zeros = Order::Say(conversation.probe_result(0, 0, 0, 0));
        assert_eq!(conversation.hear(2 * SECOND, &request), Some(zeros));
    }

    #[test]
    fn messages_that_mean_nothing_are_skipped() {
        let mut conversation = conversation();
        for payload in [&b""[..], b"PKFc", b"PKFc\xee", b"PKF1\x02\0\0\0", b"PKFc\x05\x01", b"GET / HTTP/1.1"]
        {
            assert_eq!(conversation.hear(SECOND, payload), None);
        }
    }
}
