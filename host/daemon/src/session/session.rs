//! One session: a profile, its viewers, and what they ask of the encoder.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use punktfunk_media::{Codec, EncoderInfo, FilmClock, Thumbnail};

use super::AccessUnit;
use super::meter::{Flow, Timings};
use super::slot::{Offered, Slot};
use super::sound::SoundFan;
use super::table::Wish;
use super::view::{LatencyUs, SessionView};
use crate::app::{Clock, Fault};

/// Opening an encoder takes no longer than this, or something is wrong with it.
const READY_WITHIN: Duration = Duration::from_secs(5);

/// How far apart the bit rates of a session's viewers may be, as a factor. All get the lowest, so that one who wishes for
/// much less (or has a much worse link) watches a session of its own instead of spoiling the picture of the others.
const RATES_APART: u32 = 2;

/// What makes two viewers share a session, together with bit rates that are not far apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Profile {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Pictures a second.
    pub refresh_hz: u32,
    /// The codec.
    pub codec: Codec,
}

/// One running session.
#[derive(Debug)]
pub(super) struct Session {
    id: u64,
    profile: Profile,
    max_slices: u8,
    clock: Clock,
    state: Mutex<State>,
    changed: Condvar,
    sound: SoundFan,
    /// Where the film is, if the session shows one: by it the sound follows the pictures.
    film: FilmClock,
    /// The access units made lately.
    made: Flow,
    /// From the picture to the beginning of encoding, microseconds.
    capture_us: Timings,
    /// Converting and encoding, microseconds.
    encode_us: Timings,
}

#[derive(Debug, Default)]
struct State {
    viewers: Vec<Viewer>,
    ready: Option<Result<(), String>>,
    idr_wanted: bool,
    ended: bool,
    failure: Option<String>,
    source: String,
    fault: Option<Fault>,
    encoder: String,
    software: bool,
    frames: u64,
    snapshot: Snapshot,
}

/// A copy of what is shown, made when somebody asks.
#[derive(Debug, Default)]
enum Snapshot {
    #[default]
    NotWanted,
    Wanted,
    /// `None` where there was no picture to copy.
    Taken(Option<Thumbnail>),
}

#[derive(Debug)]
struct Viewer {
    id: u64,
    slot: Arc<Slot>,
    kbps: u32,
    /// What it counts for at the least while others watch.
    least_kbps: u32,
}

/// What the pipeline must do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Orders {
    /// The session is over.
    pub(super) ended: bool,
    /// Somebody looks: pictures are worth encoding.
    pub(super) watched: bool,
    /// The next picture must be an IDR.
    pub(super) idr: bool,
    /// Somebody wants a copy of what is shown.
    pub(super) snapshot: bool,
    /// Bit rate of the video, kbit/s.
    pub(super) kbps: u32,
}

impl Session {
    pub(super) fn new(id: u64, profile: Profile, max_slices: u8, clock: Clock) -> Self {
        Self {
            id,
            profile,
            max_slices,
            clock,
            state: Mutex::default(),
            changed: Condvar::new(),
            sound: SoundFan::default(),
            film: FilmClock::default(),
            made: Flow::default(),
            capture_us: Timings::default(),
            encode_us: Timings::default(),
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn profile(&self) -> Profile {
        self.profile
    }

    pub(super) fn film(&self) -> &FilmClock {
        &self.film
    }

    /// Those who listen.
    pub(super) fn sound(&self) -> &SoundFan {
        &self.sound
    }

    pub(super) fn max_slices(&self) -> u8 {
        self.max_slices
    }

    /// Whether a viewer with this wish can watch this session.
    pub(super) fn fits(&self, wish: &Wish) -> bool {
        let state = self.lock();
        let decodes = self.profile == wish.profile && self.max_slices <= wish.max_slices;
        decodes && !state.ended && state.rates().all(|kbps| near(kbps, wish.video_kbps))
    }

    pub(super) fn add_viewer(&self, id: u64, slot: Arc<Slot>, kbps: u32) {
        self.lock().viewers.push(Viewer { id, slot, kbps, least_kbps: kbps / RATES_APART });
    }

    /// Takes a viewer out and says how many are left.
    pub(super) fn remove_viewer(&self, id: u64) -> usize {
        self.sound.remove(id);
        let mut state = self.lock();
        state.viewers.retain(|viewer| viewer.id != id);
        state.viewers.len()
    }

    /// Changes a viewer's rate, and says whether it is near those of the others.
    pub(super) fn set_viewer_kbps(&self, id: u64, kbps: u32) -> bool {
        let mut state = self.lock();
        for viewer in state.viewers.iter_mut().filter(|viewer| viewer.id == id) {
            viewer.kbps = kbps;
        }
        let mut others = state.viewers.iter().filter(|viewer| viewer.id != id);
        others.all(|other| near(other.kbps.max(other.least_kbps), kbps))
    }

    pub(super) fn request_idr(&self) {
        self.lock().idr_wanted = true;
        self.changed.notify_all();
    }

    /// Ends the session; with a failure, its viewers learn of it through their slots.
    pub(super) fn end(&self, failure: Option<String>) {
        let mut state = self.lock();
        state.ended = true;
        if let Some(failure) = failure {
            for viewer in &state.viewers {
                viewer.slot.close();
            }
            state.failure = Some(failure);
        }
        drop(state);
        self.changed.notify_all();
        self.sound.end();
    }

    pub(super) fn failure(&self) -> Option<String> {
        self.lock().failure.clone()
    }

    /// Tells those who wait in [`wait_until_ready`](Self::wait_until_ready) how opening the encoder went.
    pub(super) fn set_ready(&self, outcome: Result<EncoderInfo, String>) {
        let mut state = self.lock();
        state.ready = Some(outcome.map(|encoder| {
            state.encoder = encoder.name;
            state.software = encoder.software;
        }));
        drop(state);
        self.changed.notify_all();
    }

    pub(super) fn wait_until_ready(&self) -> Result<(), String> {
        let state = self.lock();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, READY_WITHIN, |state| state.ready.is_none() && !state.ended)
            .unwrap_or_else(PoisonError::into_inner);
        state.ready.clone().unwrap_or_else(|| {
            Err("the encoder did not start within five seconds; try a smaller mode".to_owned())
        })
    }

    /// What the pipeline must do; waits up to `wait` while nobody looks.
    pub(super) fn orders(&self, wait: Duration) -> Orders {
        let state = self.lock();
        let (state, _) = self
            .changed
            .wait_timeout_while(state, wait, |state| !state.ended && !state.watched())
            .unwrap_or_else(PoisonError::into_inner);
        Orders {
            ended: state.ended,
            watched: state.watched(),
            idr: state.idr_wanted || state.viewers.iter().any(|viewer| viewer.slot.wants_idr()),
            snapshot: matches!(state.snapshot, Snapshot::Wanted),
            kbps: state.kbps(),
        }
    }

    /// Hands an access unit to every viewer.
    pub(super) fn publish(&self, unit: &Arc<AccessUnit>) {
        let now_ns = self.clock.monotonic_ns();
        self.made.record(now_ns, unit.bytes.len());
        self.capture_us.record(now_ns, unit.queue_us());
        self.encode_us.record(now_ns, unit.encode_us);
        let mut state = self.lock();
        state.frames += 1;
        if unit.idr {
            state.idr_wanted = false;
        }
        let mut behind = false;
        for viewer in &state.viewers {
            behind |= viewer.slot.offer(unit) == Offered::WantsIdr;
        }
        state.idr_wanted |= behind;
    }

    /// A copy of what the viewers see, made by the session's thread; waits up to `wait` for it. `None` when nobody looks, so
    /// that nothing is encoded, or it takes too long.
    pub(super) fn snapshot(&self, wait: Duration) -> Option<Thumbnail> {
        let mut state = self.lock();
        if !state.watched() {
            return None;
        }
        state.snapshot = Snapshot::Wanted;
        let waits = |state: &mut State| !state.ended && matches!(state.snapshot, Snapshot::Wanted);
        let (mut state, _) =
            self.changed.wait_timeout_while(state, wait, waits).unwrap_or_else(PoisonError::into_inner);
        match std::mem::take(&mut state.snapshot) {
            Snapshot::Taken(thumbnail) => thumbnail,
            Snapshot::NotWanted | Snapshot::Wanted => None,
        }
    }

    /// Answers those who wait in [`snapshot`](Self::snapshot).
    pub(super) fn give_snapshot(&self, thumbnail: Option<Thumbnail>) {
        self.lock().snapshot = Snapshot::Taken(thumbnail);
        self.changed.notify_all();
    }

    pub(super) fn show_source(&self, name: String, fault: Option<Fault>) {
        let mut state = self.lock();
        state.source = name;
        state.fault = fault;
    }

    pub(super) fn view(&self) -> SessionView {
        let now_ns = self.clock.monotonic_ns();
        let (capture, encode) = (self.capture_us.spread(now_ns), self.encode_us.spread(now_ns));
        let pace = self.made.pace(now_ns);
        let (sound, sound_fault) = self.sound.shown();
        let state = self.lock();
        SessionView {
            id: self.id,
            width: self.profile.width,
            height: self.profile.height,
            refresh_hz: self.profile.refresh_hz,
            codec: self.profile.codec.to_string(),
            video_kbps: state.kbps(),
            source: state.source.clone(),
            fault: state.fault.clone(),
            encoder: state.encoder.clone(),
            software: state.software,
            sound,
            sound_fault,
            frames: state.frames,
            fps: pace.per_second,
            kbps: pace.kbps,
            latency_us: LatencyUs::at(50, &capture, &encode),
            latency_p99_us: LatencyUs::at(99, &capture, &encode),
            viewers: state.viewers.len(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn watched(&self) -> bool {
        self.viewers.iter().any(|viewer| viewer.slot.is_looking())
    }

    /// What each viewer counts for.
    fn rates(&self) -> impl Iterator<Item = u32> {
        let alone = self.viewers.len() == 1;
        self.viewers
            .iter()
            .map(move |viewer| if alone { viewer.kbps } else { viewer.kbps.max(viewer.least_kbps) })
    }

    fn kbps(&self) -> u32 {
        self.rates().min().unwrap_or(0)
    }
}

fn near(one_kbps: u32, other_kbps: u32) -> bool {
    one_kbps.max(other_kbps) <= one_kbps.min(other_kbps).saturating_mul(RATES_APART)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: Profile = Profile { width: 640, height: 360, refresh_hz: 30, codec: Codec::H264 };

    fn session(rates: &[u32]) -> Session {
        let session = Session::new(1, PROFILE, 1, Clock::start());
        for (id, kbps) in (1..).zip(rates) {
            session.add_viewer(id, Arc::default(), *kbps);
        }
        session
    }

    fn fits(session: &Session, video_kbps: u32) -> bool {
        session.fits(&Wish {
            profile: PROFILE,
            video_kbps,
            max_slices: 1,
            source: punktfunk_media::SourceSpec::File("film.mkv".into()),
            device: punktfunk_trust::DeviceId::from_certificate(b"device"),
            limit: 4,
            sound: None,
        })
    }

    #[test]
    fn whoever_wishes_for_much_less_or_much_more_does_not_fit() {
        let session = session(&[16_000, 12_000]);
        assert!(fits(&session, 8_000) && fits(&session, 24_000));
        assert!(!fits(&session, 7_999), "the first would lose more than half of its rate");
        assert!(!fits(&session, 24_001), "it would itself get less than half of what it wishes for");
    }

    #[test]
    fn one_viewer_alone_gets_what_it_wishes_for() {
        let session = session(&[16_000]);
        assert!(session.set_viewer_kbps(1, 400));
        assert_eq!(session.view().video_kbps, 400);
    }

    #[test]
    fn a_viewer_that_asks_for_almost_nothing_has_to_go_and_spoils_nothing_until_it_has() {
        let session = session(&[16_000, 16_000]);
        assert!(session.set_viewer_kbps(2, 9_000));
        assert_eq!(session.view().video_kbps, 9_000, "the lowest counts");
        assert!(!session.set_viewer_kbps(2, 1));
        assert_eq!(session.view().video_kbps, 8_000);
        assert!(!fits(&session, 1), "it finds no way back in");
        session.remove_viewer(2);
        assert_eq!(session.view().video_kbps, 16_000);
    }
}
