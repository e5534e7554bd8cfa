//! The streams that are running, so that they can be shown and cut off.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use punktfunk_trust::{Admitted, DeviceId, DeviceName, Door, Grant, Level, UnixSeconds};
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;

use super::face;
use crate::session::{Flow, Profile, Spread, Timings};

/// A door's hold on one of its streams.
pub trait StreamLink: Send + Sync {
    /// Ends the stream, and tells its device why. Must not block.
    fn cut(&self, why: CutReason);

    /// The round trip to the device, if the door can tell.
    fn round_trip(&self) -> Option<Duration>;

    /// Which door it came through.
    fn door(&self) -> Door;
}

/// Why a stream is ended from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutReason {
    /// Its device may stream no more.
    AccessEnded,
    /// A newer stream of the same device takes its place.
    Superseded,
    /// The owner ended it; the device may come back.
    EndedByOwner,
}

/// A running stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Stream)]
pub struct StreamView {
    /// Its number, unique while the host runs.
    pub id: u64,
    /// The device's name.
    #[schema(value_type = String, example = "Kitchen tablet")]
    pub name: DeviceName,
    /// The device's fingerprint.
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    pub fingerprint: DeviceId,
    /// The fingerprint's first 64 bits as words.
    #[schema(min_items = 8, max_items = 8)]
    pub words: Vec<String>,
    /// The fingerprint's colour, `#rrggbb`.
    #[schema(example = "#1a76e8")]
    pub colour: String,
    /// Where it streams to.
    #[schema(value_type = String, example = "192.168.1.23")]
    pub source: IpAddr,
    /// The door that it came through.
    pub door: Door,
    /// What the device may do.
    pub level: Level,
    /// Unix time of its start.
    #[schema(value_type = u64)]
    pub started_at: UnixSeconds,
    /// The session it watches.
    pub session: u64,
    /// What it is shown as.
    pub mode: Mode,
    /// The codec's name.
    #[schema(example = "H.264")]
    pub codec: String,
    /// Frames sent.
    pub frames: u64,
    /// Frames sent a second, measured over the last two.
    pub fps: u32,
    /// Bits of video sent, parity included, kbit/s, measured over the last two seconds.
    pub kbps: u32,
    /// Datagrams handed to the kernel.
    pub datagrams: u64,
    /// Datagrams that the kernel had no room for.
    pub dropped: u64,
    /// Frames skipped because the link or the client was behind.
    pub skipped: u64,
    /// Parity per cent in force.
    pub fec_percent: u8,
    /// Loss that the client reported last, parts per million.
    pub loss_ppm: u32,
    /// The network's round trip, microseconds.
    pub rtt_us: Option<u32>,
}

/// Size and rate of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Mode {
    /// Width in pixels.
    #[schema(example = 1920)]
    pub width: u32,
    /// Height in pixels.
    #[schema(example = 1080)]
    pub height: u32,
    /// Pictures a second.
    #[schema(example = 60)]
    pub refresh_hz: u32,
}

/// What a stream counts while it runs, without locks.
#[derive(Debug, Default)]
pub struct StreamCounters {
    /// Frames sent.
    pub frames: AtomicU64,
    /// Datagrams handed to the kernel.
    pub datagrams: AtomicU64,
    /// Datagrams that the kernel had no room for.
    pub dropped: AtomicU64,
    /// Frames skipped because the link or the client was behind.
    pub skipped: AtomicU64,
    /// Parity per cent in force.
    pub fec_percent: AtomicU64,
    /// Loss that the client reported last, parts per million.
    pub loss_ppm: AtomicU64,
    /// The frames that were sent lately.
    pub sent: Flow,
    /// From the end of encoding to the last datagram, microseconds.
    pub send_us: Timings,
}

/// What a stream and the host share while it runs.
#[derive(Debug)]
pub struct StreamShared {
    /// What it counts.
    pub counters: StreamCounters,
    /// What its device may do.
    pub grant: watch::Sender<Grant>,
    /// The session it watches.
    shows: Mutex<(u64, Profile)>,
}

impl StreamShared {
    /// Of a device with this grant, which watches this session.
    pub fn new(grant: Grant, session: u64, profile: Profile) -> Self {
        let (counters, grant) = (StreamCounters::default(), watch::Sender::new(grant));
        Self { counters, grant, shows: Mutex::new((session, profile)) }
    }

    /// It watches this session from now on.
    pub fn shows(&self, session: u64, profile: Profile) {
        *super::lock(&self.shows) = (session, profile);
    }
}

/// The register of streams.
#[derive(Default)]
pub struct LiveStreams {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    last: u64,
    streams: BTreeMap<u64, Stream>,
}

struct Stream {
    device: DeviceId,
    name: DeviceName,
    source: IpAddr,
    started_at: UnixSeconds,
    shared: Arc<StreamShared>,
    link: Box<dyn StreamLink>,
}

/// A stream's entry; dropping it takes the stream out.
pub struct LiveStream {
    inner: Arc<Mutex<Inner>>,
    id: u64,
    device: DeviceId,
}

impl LiveStreams {
    /// Enters a stream that starts at `now`.
    pub fn enter(
        &self,
        now: UnixSeconds,
        admitted: &Admitted,
        source: IpAddr,
        shared: Arc<StreamShared>,
        link: Box<dyn StreamLink>,
    ) -> LiveStream {
        let mut inner = lock(&self.inner);
        inner.last += 1;
        let id = inner.last;
        let (device, name) = (admitted.id, admitted.name.clone());
        inner.streams.insert(id, Stream { device, name, source, started_at: now, shared, link });
        LiveStream { inner: Arc::clone(&self.inner), id, device }
    }

    /// Cuts off every stream of `device` and says how many there were.
    pub fn cut(&self, device: &DeviceId, why: CutReason) -> usize {
        let inner = lock(&self.inner);
        let theirs = inner.streams.values().filter(|stream| stream.device == *device);
        theirs.map(|stream| stream.link.cut(why)).count()
    }

    /// Cuts off the oldest stream of `device`, if it has one.
    pub fn cut_oldest(&self, device: &DeviceId, why: CutReason) -> bool {
        let inner = lock(&self.inner);
        let oldest = inner.streams.values().find(|stream| stream.device == *device);
        oldest.map(|stream| stream.link.cut(why)).is_some()
    }

    /// Cuts off one stream, if it is there.
    pub fn cut_one(&self, id: u64, why: CutReason) -> bool {
        lock(&self.inner).streams.get(&id).map(|stream| stream.link.cut(why)).is_some()
    }

    /// Puts another grant in force for the streams of `device`.
    pub fn regrant(&self, device: &DeviceId, grant: Grant) {
        for stream in lock(&self.inner).streams.values().filter(|stream| stream.device == *device) {
            stream.shared.grant.send_replace(grant);
        }
    }

    /// Gives the streams of `device` another name.
    pub fn rename(&self, device: &DeviceId, name: &DeviceName) {
        for stream in lock(&self.inner).streams.values_mut().filter(|stream| stream.device == *device) {
            stream.name = name.clone();
        }
    }

    /// Whose streams are running, each device once.
    pub fn devices(&self) -> BTreeSet<DeviceId> {
        lock(&self.inner).streams.values().map(|stream| stream.device).collect()
    }

    /// The streams, oldest first, at this moment of the host's monotonic clock.
    pub fn list(&self, now_ns: u64) -> Vec<StreamView> {
        lock(&self.inner).streams.iter().map(|(id, stream)| stream.view(*id, now_ns)).collect()
    }

    /// How many streams `device` has.
    pub fn count(&self, device: &DeviceId) -> usize {
        lock(&self.inner).streams.values().filter(|stream| stream.device == *device).count()
    }

    /// How long sending took lately, over all streams of a session.
    pub fn send_spread(&self, session: u64, now_ns: u64) -> Spread {
        let mut spread = Spread::default();
        for stream in lock(&self.inner).streams.values() {
            if super::lock(&stream.shared.shows).0 == session {
                stream.shared.counters.send_us.collect(now_ns, &mut spread);
            }
        }
        spread
    }

    /// Streams running.
    pub fn len(&self) -> usize {
        lock(&self.inner).streams.len()
    }

    /// Whether nobody streams.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Stream {
    fn view(&self, id: u64, now_ns: u64) -> StreamView {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let StreamShared { counters, grant, shows } = &*self.shared;
        let (session, profile) = *super::lock(shows);
        let pace = counters.sent.pace(now_ns);
        let round_trip = self.link.round_trip();
        StreamView {
            id,
            name: self.name.clone(),
            fingerprint: self.device,
            words: face::words(&self.device),
            colour: face::colour(&self.device),
            source: self.source,
            door: self.link.door(),
            level: grant.borrow().level,
            started_at: self.started_at,
            session,
            mode: profile.into(),
            codec: profile.codec.to_string(),
            frames: read(&counters.frames),
            fps: pace.per_second,
            kbps: pace.kbps,
            datagrams: read(&counters.datagrams),
            dropped: read(&counters.dropped),
            skipped: read(&counters.skipped),
            fec_percent: u8::try_from(read(&counters.fec_percent)).unwrap_or(u8::MAX),
            loss_ppm: u32::try_from(read(&counters.loss_ppm)).unwrap_or(u32::MAX),
            rtt_us: round_trip.map(|time| u32::try_from(time.as_micros()).unwrap_or(u32::MAX)),
        }
    }
}

impl From<Profile> for Mode {
    fn from(profile: Profile) -> Self {
        let Profile { width, height, refresh_hz, .. } = profile;
        Self { width, height, refresh_hz }
    }
}

impl LiveStream {
    /// Its number, unique while the host runs.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Whose it is.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// Takes it out of the register, if it is still there.
    pub fn leave(&self) {
        lock(&self.inner).streams.remove(&self.id);
    }
}

impl Drop for LiveStream {
    fn drop(&mut self) {
        self.leave();
    }
}

impl std::fmt::Debug for LiveStreams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveStreams").field("running", &self.len()).finish()
    }
}

impl std::fmt::Debug for LiveStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveStream").field("id", &self.id).finish_non_exhaustive()
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}
