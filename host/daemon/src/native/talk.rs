//! The task that speaks with a streaming client: its control messages in, answers and the sender's news out.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use punktfunk_core::wire::{Control, Mode, Throttle};
use punktfunk_trust::DeviceId;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::access;
use super::control::{ControlIo, Conversation, Order, Outbox};
use super::ending::Ending;
use super::negotiate::{self, Plan};
use super::plane::{PlaneEvent, PlaneOrders};
use super::probe::Probe;
use super::viewer::{Ways, take_seat};
use crate::app::{Host, StreamShared, unix_ns};
use crate::session::{Seat, fit};

/// The least time between two moves to another session because of the bit rate, nanoseconds: each opens an encoder.
pub(super) const MOVE_EVERY_NS: u64 = 2_000_000_000;

/// One stream's conversation.
pub(super) struct Talk<'a> {
    pub(super) host: &'a Arc<Host>,
    pub(super) device: DeviceId,
    pub(super) io: ControlIo,
    pub(super) conversation: Conversation,
    pub(super) seat: Seat,
    pub(super) ways: Ways,
    pub(super) plan: Plan,
    pub(super) plane: Arc<PlaneOrders>,
    pub(super) shared: Arc<StreamShared>,
    pub(super) news: mpsc::Receiver<PlaneEvent>,
    /// One per [`MOVE_EVERY_NS`].
    pub(super) moves: Throttle,
}

impl Talk<'_> {
    /// Speaks until the client or the session ends.
    pub(super) async fn run(mut self) -> Result<(), Ending> {
        let mut outbox = Outbox::default();
        let mut grant = self.shared.grant.subscribe();
        loop {
            let wake = self.conversation.wake_at(self.now_ns()).map(|at| at.saturating_sub(self.now_ns()));
            tokio::select! {
                payload = self.io.reader.next() => {
                    let received_ns = unix_ns();
                    if let Some(order) = self.conversation.hear(self.now_ns(), &payload?) {
                        self.carry_out(order, received_ns, &mut outbox).await?;
                    }
                }
                Ok(()) = grant.changed() => {
                    let update = access::update(*grant.borrow_and_update(), self.host.clock().now().wall);
                    outbox.say(&mut self.io.writer, update).await?;
                }
                event = self.news.recv() => self.learn(event.unwrap_or(PlaneEvent::Ended), &mut outbox).await?,
                () = sleep(Duration::from_nanos(wake.unwrap_or(0))), if wake.is_some() => {}
            }
            if self.conversation.due_idr(self.now_ns()) {
                self.seat.request_idr();
            }
            if let Some(mode) = self.conversation.due_mode(self.now_ns()) {
                self.reconfigure(mode, &mut outbox).await?;
            }
        }
    }

    async fn carry_out(&mut self, order: Order, received_ns: u64, outbox: &mut Outbox) -> Result<(), Ending> {
        match order {
            Order::Echo { t1 } => {
                self.plane.still_syncing(self.now_ns());
                let echo = |t3| Control::ClockEcho { t1, t2: received_ns, t3 };
                self.io.writer.send(&echo(unix_ns()).encode()).await
            }
            Order::Idr => {
                self.seat.request_idr();
                Ok(())
            }
            Order::Loss { ppm, guarded_ppm, percent } => {
                self.plane.set_loss_ppm(guarded_ppm);
                self.shared.counters.loss_ppm.store(ppm.into(), Ordering::Relaxed);
                if percent != self.plane.fec_percent() {
                    self.plane.set_fec_percent(percent);
                    self.shared.counters.fec_percent.store(percent.into(), Ordering::Relaxed);
                }
                self.apply_rate().await
            }
            Order::Bitrate(wish) => {
                let granted = fit::wire_kbps(&self.host.policy(), wish);
                self.plan.wire_kbps = granted;
                self.plane.set_rate(granted, self.plan.profile.refresh_hz);
                self.apply_rate().await?;
                // a reason is for clients that asked for it in the extension block of Start, which this host does not offer
                let answer = Control::BitrateChanged { kbps: granted, reason: None };
                outbox.say(&mut self.io.writer, answer).await
            }
            Order::Probe { kbps, ms } => {
                self.plane.order_probe(Probe::within(&self.host.policy(), kbps, ms));
                self.ways.pictures.wake();
                Ok(())
            }
            Order::Say(message) => outbox.say(&mut self.io.writer, message).await,
        }
    }

    async fn learn(&mut self, event: PlaneEvent, outbox: &mut Outbox) -> Result<(), Ending> {
        match event {
            PlaneEvent::Ready => {
                self.ways.pictures.open();
                self.seat.request_idr();
                self.ways.sound.open();
                self.seat.listen();
                outbox.open(&mut self.io.writer).await
            }
            PlaneEvent::Probed { bytes, packets, dropped, ms } => {
                let result = self.conversation.probe_result(bytes, packets, dropped, ms);
                outbox.say(&mut self.io.writer, result).await
            }
            PlaneEvent::Ended => {
                let reason = self.seat.failure();
                Err(Ending::set_up(
                    reason.unwrap_or_else(|| "the stream broke down; connect again".to_owned()),
                ))
            }
        }
    }

    /// Moves to a session with the new mode; the stream's socket, keys and numbering go on (§2.8).
    async fn reconfigure(&mut self, wish: Mode, outbox: &mut Outbox) -> Result<(), Ending> {
        let plan =
            Plan { profile: negotiate::profile(&self.host.policy(), wish, self.plan.codec), ..self.plan };
        if plan.profile == self.plan.profile {
            let answer = self.conversation.reconfigured(plan.mode());
            return outbox.say(&mut self.io.writer, answer).await;
        }
        let streaming = self.ways.pictures.is_looking();
        let answer = match self.change_seat(plan).await? {
            Ok(()) => self.conversation.reconfigured(plan.mode()),
            Err(reason) => {
                tracing::info!(%reason, wish = %wish, "a mode change was refused");
                self.conversation.refusal()
            }
        };
        outbox.say(&mut self.io.writer, answer).await?;
        self.resume(streaming);
        Ok(())
    }

    /// Tells the session what the link carries now, and moves to another one when the others there would suffer.
    async fn apply_rate(&mut self) -> Result<(), Ending> {
        let kbps = self.plan.video_kbps(self.plane.fec_percent());
        let fits = self.seat.set_video_kbps(kbps);
        if fits || !self.moves.allow(self.now_ns()) {
            return Ok(());
        }
        let streaming = self.ways.pictures.is_looking();
        if let Err(reason) = self.change_seat(self.plan).await? {
            tracing::info!(%reason, "a device with another bit rate than the others could not get a session of its own");
        }
        self.resume(streaming);
        Ok(())
    }

    /// Takes a seat that suits `plan` and gives up the present one, or says why it keeps it. No picture comes until
    /// [`resume`](Self::resume).
    async fn change_seat(&mut self, plan: Plan) -> Result<Result<(), String>, Ending> {
        // both sessions would put pictures into the slot
        self.ways.pictures.pause();
        match take_seat(self.host, &plan, self.plane.fec_percent(), self.device, &self.ways, true).await {
            Ok(seat) => {
                self.shared.shows(seat.session_id(), seat.profile());
                self.plan = plan;
                self.plane.set_rate(plan.wire_kbps, plan.profile.refresh_hz);
                self.seat = seat;
                Ok(Ok(()))
            }
            Err(Ending::Close(_, reason)) => Ok(Err(reason)),
            Err(Ending::Gone) => Err(Ending::Gone),
        }
    }

    fn resume(&self, streaming: bool) {
        if streaming {
            self.ways.pictures.open();
            self.seat.request_idr();
        }
    }

    fn now_ns(&self) -> u64 {
        self.host.clock().monotonic_ns()
    }
}
