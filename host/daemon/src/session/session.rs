//! One session: a profile, its viewers, and what they ask of the encoder.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use punktfunk_media::Codec;
use serde::Serialize;

use super::AccessUnit;
use super::slot::{Offered, Slot};

/// Opening an encoder takes no longer than this, or something is wrong with it.
const READY_WITHIN: Duration = Duration::from_secs(5);

/// What makes two viewers share a session.
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
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    viewers: Vec<Viewer>,
    ready: Option<Result<(), String>>,
    idr_wanted: bool,
    ended: bool,
    failure: Option<String>,
    source: String,
    fault: Option<String>,
    encoder: String,
    frames: u64,
}

#[derive(Debug)]
struct Viewer {
    id: u64,
    slot: Arc<Slot>,
    kbps: u32,
}

/// A session as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionView {
    /// Its number, unique while the host runs.
    pub id: u64,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Pictures a second.
    pub refresh_hz: u32,
    /// The codec's name.
    pub codec: String,
    /// Bit rate of the video, kbit/s.
    pub video_kbps: u32,
    /// What is being shown.
    pub source: String,
    /// Why a still picture is shown instead of the source, if one is.
    pub fault: Option<String>,
    /// The encoder at work.
    pub encoder: String,
    /// Pictures encoded so far.
    pub frames: u64,
    /// Devices watching.
    pub viewers: usize,
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
    /// Bit rate of the video, kbit/s.
    pub(super) kbps: u32,
}

impl Session {
    pub(super) fn new(id: u64, profile: Profile, max_slices: u8) -> Self {
        Self { id, profile, max_slices, state: Mutex::default(), changed: Condvar::new() }
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    pub(super) fn profile(&self) -> Profile {
        self.profile
    }

    pub(super) fn max_slices(&self) -> u8 {
        self.max_slices
    }

    /// Whether a viewer with this wish can watch this session.
    pub(super) fn fits(&self, profile: &Profile, max_slices: u8) -> bool {
        self.profile == *profile && self.max_slices <= max_slices && !self.lock().ended
    }

    pub(super) fn add_viewer(&self, id: u64, slot: Arc<Slot>, kbps: u32) {
        self.lock().viewers.push(Viewer { id, slot, kbps });
    }

    /// Takes a viewer out and says how many are left.
    pub(super) fn remove_viewer(&self, id: u64) -> usize {
        let mut state = self.lock();
        state.viewers.retain(|viewer| viewer.id != id);
        state.viewers.len()
    }

    pub(super) fn set_viewer_kbps(&self, id: u64, kbps: u32) {
        for viewer in self.lock().viewers.iter_mut().filter(|viewer| viewer.id == id) {
            viewer.kbps = kbps;
        }
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
    }

    pub(super) fn failure(&self) -> Option<String> {
        self.lock().failure.clone()
    }

    /// Tells those who wait in [`wait_until_ready`](Self::wait_until_ready) how opening the encoder went.
    pub(super) fn set_ready(&self, outcome: Result<String, String>) {
        let mut state = self.lock();
        state.ready = Some(outcome.map(|encoder| state.encoder = encoder));
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
            kbps: state.kbps(),
        }
    }

    /// Hands an access unit to every viewer.
    pub(super) fn publish(&self, unit: &Arc<AccessUnit>) {
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

    pub(super) fn show_source(&self, name: String, fault: Option<String>) {
        let mut state = self.lock();
        state.source = name;
        state.fault = fault;
    }

    pub(super) fn view(&self) -> SessionView {
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
            frames: state.frames,
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

    fn kbps(&self) -> u32 {
        self.viewers.iter().map(|viewer| viewer.kbps).min().unwrap_or(0)
    }
}
