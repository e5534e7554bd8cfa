//! Trust at work: knocks in, verdicts out to parked connections, ends to streams that are allowed no more.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use punktfunk_trust::{
    Admission, Admitted, DeviceId, Knock, MatchCode, Now, Refusal, Ticket, TicketId, Trust, TrustEvent,
};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::attention::NO_MORE_PINS;
use super::{CutReason, Host, HostEvent, LiveStream, Outcome, StreamLink, StreamShared, lock};

/// The longest that trust is left alone; it usually says itself when it has something to do.
const TICK_AT_MOST: Duration = Duration::from_secs(1);
/// The shortest, so that a clock that does not move cannot make the host spin.
const TICK_AT_LEAST: Duration = Duration::from_millis(10);

/// At most one log line about knocks in this time, nanoseconds.
pub(super) const KNOCK_LINE_EVERY_NS: u64 = 10_000_000_000;

/// The answer to a knock.
#[derive(Debug)]
pub enum Knocked {
    /// Come in.
    Admitted(Admitted),
    /// Wait for the verdict.
    Parked(Parked),
    /// Turn it away, with this sentence.
    Refused(TurnedAway, String),
}

/// What a parked connection learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Knock again: the answer is there.
    KnockAgain,
    /// Turn it away.
    Close(TurnedAway),
}

/// Why a device is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnedAway {
    /// It has not shown who it is.
    NoCertificate,
    /// The owner said no.
    Denied,
    /// Nobody has said yes.
    NotApproved,
    /// The same device knocked again.
    Superseded,
}

/// A connection in the waiting room. Dropping it tells trust that the connection is gone.
#[derive(Debug)]
pub struct Parked {
    host: Arc<Host>,
    ticket: Ticket,
    verdict: oneshot::Receiver<Verdict>,
}

impl Parked {
    /// Waits for the verdict. May be cancelled and asked again.
    pub async fn verdict(&mut self) -> Verdict {
        // without a sender nobody knows of this ticket any more
        (&mut self.verdict).await.unwrap_or(Verdict::Close(TurnedAway::NotApproved))
    }
}

impl Drop for Parked {
    fn drop(&mut self) {
        lock(&self.host.waiting).remove(&self.ticket.id);
        let ticket = self.ticket;
        self.host.trust(|trust, _| trust.leave(ticket));
    }
}

/// A stream in the register; dropping this takes it out.
#[derive(Debug)]
pub struct StreamGuard {
    host: Arc<Host>,
    stream: LiveStream,
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        let (stream, device) = (self.stream.id(), self.stream.device());
        // whoever hears of the end and looks must not find it
        self.stream.leave();
        tracing::info!(?device, "a stream has ended");
        self.host.tell(HostEvent::StreamEnded { stream, device });
    }
}

impl Host {
    /// Works on trust, then acts on what that made happen: parked connections are woken, streams are ended, watchers are
    /// told. Changes of the allow-list write to the disk, so call this from a blocking thread ([`decide`](Self::decide))
    /// for those.
    pub fn trust<R>(&self, work: impl FnOnce(&mut Trust, Now) -> R) -> R {
        let mut trust = lock(&self.trust);
        let result = work(&mut trust, self.clock.now());
        self.act(&mut trust);
        result
    }

    /// [`trust`](Self::trust) for orders that write to the disk, out of the way of other tasks.
    ///
    /// # Panics
    /// If `work` does.
    pub async fn decide<R: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Trust, Now) -> R + Send + 'static,
    ) -> R {
        let host = Arc::clone(self);
        match tokio::task::spawn_blocking(move || host.trust(work)).await {
            Ok(result) => result,
            Err(failed) => std::panic::resume_unwind(failed.into_panic()),
        }
    }

    /// A device is at the door, over a connection of this code.
    pub fn knock(
        self: &Arc<Self>,
        device: Option<DeviceId>,
        name: &str,
        source: IpAddr,
        code: Option<MatchCode>,
    ) -> Knocked {
        let (sender, verdict) = oneshot::channel();
        let admission = self.trust(|trust, now| {
            let admission = trust.knock(now, Knock { device, name, source });
            if let Admission::Wait(ticket) = admission {
                // before trust is let go of, or a verdict could come first
                lock(&self.waiting).insert(ticket.id, sender);
                if let Some(code) = code {
                    trust.show_code(ticket, code);
                }
            }
            admission
        });
        match admission {
            Admission::Admit(admitted) => Knocked::Admitted(admitted),
            Admission::Wait(ticket) => Knocked::Parked(Parked { host: Arc::clone(self), ticket, verdict }),
            Admission::Refuse(refusal) => Knocked::Refused(refusal.into(), refusal.to_string()),
        }
    }

    /// Arms a PIN for a device that wants to pair, if the policy says so and trust has not stopped doing that, and writes it
    /// to the log.
    pub fn arm_by_itself(&self, device: DeviceId) -> bool {
        if !self.policy().pairing.pin.auto_arm {
            return false;
        }
        let Ok(armed) = self.trust(|trust, now| trust.arm_by_itself(now, device)) else { return false };
        // the one secret that is ever logged, because the policy says so
        tracing::info!(
            pin = armed.pin.reveal(),
            device = device.brief(),
            seconds = armed.expires_in.as_secs(),
            "a device wants to pair: enter this PIN there"
        );
        true
    }

    /// Enters a stream into the register, until the guard is dropped. `None` when the device has lost its access since it
    /// was admitted: from here on losing it cuts the stream, so there is no moment at which neither would.
    pub fn enter_stream(
        self: &Arc<Self>,
        admitted: &Admitted,
        source: IpAddr,
        shared: &Arc<StreamShared>,
        link: Box<dyn StreamLink>,
    ) -> Option<StreamGuard> {
        let stream = self.trust(|trust, now| {
            shared.grant.send_replace(trust.standing_of(&admitted.id)?);
            Some(self.streams.enter(now.wall, admitted, source, Arc::clone(shared), link))
        })?;
        let (id, name) = (stream.id(), admitted.name.clone());
        self.tell(HostEvent::StreamStarted { stream: id, device: admitted.id, name });
        Some(StreamGuard { host: Arc::clone(self), stream })
    }

    /// Lets time pass for trust until the host goes down.
    pub async fn keep_time(self: Arc<Self>) {
        loop {
            let wait = self.trust(|trust, now| {
                trust.tick(now);
                trust.next_wakeup(now).map(|at| at.saturating_sub(now.monotonic))
            });
            self.compare_attention();
            tokio::select! {
                () = sleep(wait.unwrap_or(TICK_AT_MOST).clamp(TICK_AT_LEAST, TICK_AT_MOST)) => {}
                () = self.going_down() => return,
            }
        }
    }

    fn act(&self, trust: &mut Trust) {
        while let Some(event) = trust.poll_event() {
            match event {
                TrustEvent::Knocked { id, device } => {
                    self.announce_knock(device);
                    self.tell(HostEvent::Knocked { id, device });
                }
                TrustEvent::Approved { id, device, ticket } => {
                    self.wake(ticket.map(|ticket| ticket.id), Verdict::KnockAgain);
                    self.tell(HostEvent::Answered { id, device, outcome: Outcome::Approved });
                }
                TrustEvent::Denied { id, device, ticket } => {
                    self.wake(ticket.map(|ticket| ticket.id), Verdict::Close(TurnedAway::Denied));
                    // one that waited from before open mode began may stream by now, and be ignored from here on
                    self.cut_untrusted(trust);
                    self.tell(HostEvent::Answered { id, device, outcome: Outcome::Denied });
                }
                TrustEvent::Expired { id, device, ticket } => {
                    self.wake(ticket.map(|ticket| ticket.id), Verdict::Close(TurnedAway::NotApproved));
                    self.tell(HostEvent::Answered { id, device, outcome: Outcome::Expired });
                }
                TrustEvent::Evicted { id, device, ticket } => {
                    self.wake(ticket.map(|ticket| ticket.id), Verdict::Close(TurnedAway::NotApproved));
                    self.tell(HostEvent::Answered { id, device, outcome: Outcome::Evicted });
                }
                TrustEvent::Superseded { ticket } => {
                    self.wake(Some(ticket.id), Verdict::Close(TurnedAway::Superseded));
                }
                TrustEvent::HoldEnded { ticket } => {
                    self.wake(Some(ticket.id), Verdict::Close(TurnedAway::NotApproved));
                }
                TrustEvent::Paired { device, via } => self.tell(HostEvent::Paired { device, via }),
                TrustEvent::Revoked { device, .. } | TrustEvent::Lapsed { device } => {
                    self.streams.cut(&device, CutReason::AccessEnded);
                    self.tell(HostEvent::AccessEnded { device });
                }
                TrustEvent::Changed { device } => {
                    if let Some(grant) = trust.grant_of(&device) {
                        self.streams.regrant(&device, grant);
                    }
                    if let Some(name) = trust.name_of(&device) {
                        self.streams.rename(&device, &name);
                    }
                    self.tell(HostEvent::Changed { device });
                }
                TrustEvent::Armed => self.tell(HostEvent::Armed),
                TrustEvent::Disarmed => self.tell(HostEvent::Disarmed),
                TrustEvent::WrongPin { device } => self.tell(HostEvent::WrongPin { device }),
                TrustEvent::AutoArmStopped => tracing::warn!("{NO_MORE_PINS}"),
                TrustEvent::StoreFailed => self.tell(HostEvent::StoreFailed),
                TrustEvent::StoreRecovered => self.tell(HostEvent::StoreRecovered),
                TrustEvent::OpenModeEnded => self.cut_untrusted(trust),
                TrustEvent::Missed(_) => self.catch_up(trust),
            }
        }
    }

    /// Tells the operator's log that somebody waits, seldom enough that a flood of knocks cannot fill it.
    fn announce_knock(&self, device: DeviceId) {
        if lock(&self.knock_lines).allow(self.clock.monotonic_ns()) {
            tracing::info!(
                device = device.brief(),
                "a device waits to be let in: see `punktfunk-host pair pending`"
            );
        }
    }

    fn wake(&self, ticket: Option<TicketId>, verdict: Verdict) {
        if let Some(ticket) = ticket {
            // whoever shows a PIN is turned away by this
            lock(&self.showing_pins).remove(&ticket);
        }
        let parked = ticket.and_then(|ticket| lock(&self.waiting).remove(&ticket));
        if let Some(parked) = parked {
            // a connection that has just gone away needs no verdict
            let _ = parked.send(verdict);
        }
    }

    fn cut_untrusted(&self, trust: &Trust) {
        for device in self.streams.devices() {
            if trust.standing_of(&device).is_none() {
                self.streams.cut(&device, CutReason::AccessEnded);
            }
        }
    }

    /// Events were lost: every parked connection asks again, and every stream is looked at.
    fn catch_up(&self, trust: &Trust) {
        let parked: Vec<_> = lock(&self.waiting).drain().collect();
        for (_, parked) in parked {
            let _ = parked.send(Verdict::KnockAgain);
        }
        self.cut_untrusted(trust);
        self.tell(HostEvent::Missed);
    }
}

impl From<Refusal> for TurnedAway {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoCertificate => Self::NoCertificate,
            Refusal::Quiet(_) | Refusal::Ignored => Self::Denied,
            Refusal::Asked(_) | Refusal::RoomFull => Self::NotApproved,
        }
    }
}
