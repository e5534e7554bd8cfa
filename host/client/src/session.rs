//! A running session: the planes between the tasks that feed them and the threads that pull them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use punktfunk_core::clock::ClockEstimate;
use punktfunk_core::datagram::HostDatagram;
use punktfunk_core::video::{AccessUnit, MAX_SHARD_BYTES, VideoEvent, VideoReceiver, VideoStats};
use punktfunk_core::wire::{Control, Mode};
use quinn::Connection;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::error::SessionEnd;
use crate::handshake::unix_now_ns;
use crate::meters::Meters;
use crate::plane::{Plane, Pulled};
use crate::{AudioPacket, Feedback, Stats, VideoFrame};

/// Access units that wait for a slow puller before everything up to the next IDR is dropped instead.
const VIDEO_QUEUE: usize = 16;
/// Bytes of access units that may wait; one unit alone may be larger.
const VIDEO_QUEUE_BYTES: usize = 64 << 20;
const AUDIO_QUEUE: usize = 64;
const FEEDBACK_QUEUE: usize = 64;
/// Items of the side planes are bounded one by one: a QUIC datagram, or a control message of at most 64 KiB.
const UNBOUNDED: usize = usize::MAX;
/// Messages to the host that wait for the control stream.
pub(crate) const CONTROL_QUEUE: usize = 64;

/// What every thread and task of one session shares.
pub(crate) struct Session {
    connection: Connection,
    control: mpsc::Sender<Control>,
    started: Instant,
    set_up: Duration,
    video: Plane<VideoFrame>,
    /// Access units were dropped here, so what follows is of no use before the next key frame.
    needs_key: AtomicBool,
    audio: Plane<AudioPacket>,
    feedback: Plane<Feedback>,
    meters: Mutex<Meters>,
    mode: Mutex<ModeInForce>,
    mode_changed: Condvar,
    end: OnceLock<SessionEnd>,
}

struct ModeInForce {
    mode: Mode,
    /// Counts answers to Reconfigure; the last one's verdict beside it.
    answers: u64,
    accepted: bool,
}

impl Session {
    /// `set_up` is how long it took to get here, the owner's time to think left out.
    pub(crate) fn new(
        connection: Connection,
        control: mpsc::Sender<Control>,
        mode: Mode,
        clock: Option<ClockEstimate>,
        set_up: Duration,
    ) -> Self {
        Self {
            connection,
            control,
            started: Instant::now(),
            set_up,
            video: Plane::new(VIDEO_QUEUE, VIDEO_QUEUE_BYTES),
            needs_key: AtomicBool::new(false),
            audio: Plane::new(AUDIO_QUEUE, UNBOUNDED),
            feedback: Plane::new(FEEDBACK_QUEUE, UNBOUNDED),
            meters: Mutex::new(Meters::new(clock)),
            mode: Mutex::new(ModeInForce { mode, answers: 0, accepted: false }),
            mode_changed: Condvar::new(),
            end: OnceLock::new(),
        }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn next_video(&self, wait: Duration) -> Result<Option<VideoFrame>, SessionEnd> {
        self.pull(&self.video, wait)
    }

    pub(crate) fn next_audio(&self, wait: Duration) -> Result<Option<AudioPacket>, SessionEnd> {
        self.pull(&self.audio, wait)
    }

    pub(crate) fn next_feedback(&self, wait: Duration) -> Result<Option<Feedback>, SessionEnd> {
        self.pull(&self.feedback, wait)
    }

    fn pull<T>(&self, plane: &Plane<T>, wait: Duration) -> Result<Option<T>, SessionEnd> {
        match plane.pull(wait) {
            Pulled::Item(item) => Ok(Some(item)),
            Pulled::Nothing => Ok(None),
            Pulled::Ended => Err(self.end.get().cloned().unwrap_or(SessionEnd::Quit)),
        }
    }

    /// Queues a message for the host; `false` when the control stream is stuck or gone.
    pub(crate) fn send_control(&self, message: Control) -> bool {
        match self.control.try_send(message) {
            Ok(()) => true,
            Err(TrySendError::Full(message)) => {
                tracing::debug!(kind = message.kind(), "the control stream is stuck, a message is dropped");
                false
            }
            Err(TrySendError::Closed(_)) => false,
        }
    }

    /// Counted before it is handed on, so that whoever pulls a frame finds it in the figures.
    pub(crate) fn on_video(&self, event: VideoEvent, stats: VideoStats) {
        self.on_video_stats(stats);
        match event {
            VideoEvent::Frame(unit) => self.on_access_unit(unit),
            VideoEvent::Lost { first, last } => tracing::debug!(first, last, "frames lost"),
            VideoEvent::Send(message) => {
                self.send_control(message);
            }
        }
    }

    fn on_access_unit(&self, unit: AccessUnit) {
        let since_start = self.set_up + self.started.elapsed();
        let latency = self.meters().on_frame(&unit, unix_now_ns(), since_start);
        if self.needs_key.load(Ordering::Relaxed) {
            if !unit.user_flags.is_key() {
                self.meters().dropped += 1;
                return;
            }
            self.needs_key.store(false, Ordering::Relaxed);
        }
        let bytes = unit.bytes.len();
        if let Err(dropped) = self.video.push_or_clear(VideoFrame::new(unit, latency), bytes) {
            self.meters().dropped += dropped as u64;
            self.needs_key.store(true, Ordering::Relaxed);
            self.send_control(Control::RequestKeyframe);
        }
    }

    pub(crate) fn on_video_stats(&self, stats: VideoStats) {
        self.meters().receiver = stats;
    }

    pub(crate) fn on_datagram(&self, bytes: &[u8]) {
        let feedback = match HostDatagram::decode(bytes) {
            Some(HostDatagram::Audio(audio)) => return self.on_audio(audio.seq, audio.pts_ns, audio.opus),
            Some(HostDatagram::Pcm(audio)) => return self.on_audio(audio.seq, audio.pts_ns, audio.samples),
            Some(HostDatagram::Timing(timing)) => return self.meters().on_host_timing(&timing),
            Some(HostDatagram::Rumble(rumble)) => Feedback::Rumble(rumble),
            Some(HostDatagram::Hid(_)) => Feedback::Hid(bytes.to_vec()),
            Some(HostDatagram::Hdr(hdr)) => Feedback::Hdr(hdr),
            Some(HostDatagram::Cursor(cursor)) => Feedback::Cursor(cursor),
            // Redundant and controller audio are sent only to a client that asked for them.
            Some(HostDatagram::RedundantAudio(_) | HostDatagram::PadAudio(_)) | None => return,
        };
        self.feedback.push_latest(feedback, bytes.len());
    }

    fn on_audio(&self, seq: u32, pts_ns: u64, payload: &[u8]) {
        self.meters().on_audio(seq);
        self.audio.push_latest(AudioPacket { seq, pts_ns, bytes: payload.to_vec() }, payload.len());
    }

    /// Everything from the control stream but clock echoes.
    pub(crate) fn on_control(&self, message: Control) {
        match message {
            Control::Reconfigured { accepted, mode } => {
                let mut in_force = self.mode_in_force();
                *in_force = ModeInForce { mode, answers: in_force.answers + 1, accepted };
                drop(in_force);
                self.mode_changed.notify_all();
            }
            Control::ShardPayloadChanged(bytes) => {
                if let Some(agreed) = VideoReceiver::agree_to_shard_bytes(bytes, MAX_SHARD_BYTES) {
                    self.send_control(agreed);
                }
            }
            Control::Unknown(kind) => tracing::debug!(kind, "unknown control message"),
            other => {
                self.feedback.push_latest(Feedback::Control(other), 0);
            }
        }
    }

    /// Clocks drift, so what was measured last counts, even when an earlier round trip was shorter.
    pub(crate) fn on_clock(&self, estimate: ClockEstimate) {
        self.meters().clock = Some(estimate);
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode_in_force().mode
    }

    /// Asks for another mode and waits for the answer; `None` when none came in time.
    pub(crate) fn reconfigure(&self, mode: Mode, wait: Duration) -> Option<(bool, Mode)> {
        let before = self.mode_in_force().answers;
        if !self.send_control(Control::Reconfigure(mode)) {
            return None;
        }
        let unanswered = |in_force: &mut ModeInForce| in_force.answers == before && self.end.get().is_none();
        let (in_force, _) = self
            .mode_changed
            .wait_timeout_while(self.mode_in_force(), wait, unanswered)
            .unwrap_or_else(PoisonError::into_inner);
        (in_force.answers != before).then_some((in_force.accepted, in_force.mode))
    }

    /// The first reason given is the one that stays.
    pub(crate) fn on_end(&self, end: SessionEnd) {
        let _ = self.end.set(end);
        self.video.end();
        self.audio.end();
        self.feedback.end();
        // Taken so that nobody is between looking at `end` and going to sleep.
        drop(self.mode_in_force());
        self.mode_changed.notify_all();
    }

    pub(crate) fn end(&self) -> Option<&SessionEnd> {
        self.end.get()
    }

    pub(crate) fn stats(&self) -> Stats {
        self.meters().stats(self.started.elapsed())
    }

    fn meters(&self) -> MutexGuard<'_, Meters> {
        self.meters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mode_in_force(&self) -> MutexGuard<'_, ModeInForce> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
