//! The streams that are running, so that they can be shown and cut off.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use punktfunk_core::wire::CloseCode;
use punktfunk_trust::{Admitted, DeviceId, DeviceName, Grant, Lifetime, UnixSeconds};
use serde::Serialize;
use tokio::sync::watch;

/// Ends a stream from outside, with this close code.
pub type Cut = Box<dyn Fn(CloseCode) + Send + Sync>;

/// A stream as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamView {
    /// Its number, unique while the host runs.
    pub id: u64,
    /// The device's fingerprint.
    pub device: DeviceId,
    /// The device's name.
    pub name: DeviceName,
    /// Where it streams to.
    pub source: IpAddr,
    /// The session it watches.
    pub session: u64,
    /// Frames sent.
    pub frames: u64,
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
}

/// What a stream counts while it runs, without locks.
#[derive(Debug, Default)]
pub struct StreamCounters {
    /// The session it watches.
    pub session: AtomicU64,
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
}

/// What a streaming device may do now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Access {
    /// The wire's grants mask (punktfunk/1 §2.6).
    pub grants: u32,
    /// When that ends.
    pub until: Option<UnixSeconds>,
}

impl Access {
    /// Seconds left at `now` as the wire counts them: 0 for no end, and never 0 for one that has an end.
    pub fn seconds_left(&self, now: UnixSeconds) -> u32 {
        self.until.map_or(0, |end| u32::try_from(end.since(now).as_secs()).unwrap_or(u32::MAX).max(1))
    }
}

impl From<Grant> for Access {
    fn from(grant: Grant) -> Self {
        let until = match grant.lifetime {
            Lifetime::Permanent => None,
            Lifetime::Until(end) => Some(end),
        };
        Self { grants: grant.level.mask(), until }
    }
}

/// What a stream and the host share while it runs.
#[derive(Debug, Default)]
pub struct StreamShared {
    /// What it counts.
    pub counters: StreamCounters,
    /// What its device may do.
    pub access: watch::Sender<Access>,
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
    shared: Arc<StreamShared>,
    cut: Cut,
}

/// A stream's entry; dropping it takes the stream out.
pub struct LiveStream {
    inner: Arc<Mutex<Inner>>,
    id: u64,
    device: DeviceId,
}

impl LiveStreams {
    /// Enters a stream.
    pub fn enter(
        &self,
        admitted: &Admitted,
        source: IpAddr,
        shared: Arc<StreamShared>,
        cut: Cut,
    ) -> LiveStream {
        let mut inner = lock(&self.inner);
        inner.last += 1;
        let id = inner.last;
        let (device, name) = (admitted.id, admitted.name.clone());
        inner.streams.insert(id, Stream { device, name, source, shared, cut });
        LiveStream { inner: Arc::clone(&self.inner), id, device }
    }

    /// Cuts off every stream of `device` and says how many there were.
    pub fn cut(&self, device: &DeviceId, code: CloseCode) -> usize {
        let inner = lock(&self.inner);
        let theirs = inner.streams.values().filter(|stream| stream.device == *device);
        theirs.map(|stream| (stream.cut)(code)).count()
    }

    /// Cuts off the oldest stream of `device`, if it has one.
    pub fn cut_oldest(&self, device: &DeviceId, code: CloseCode) -> bool {
        let inner = lock(&self.inner);
        let oldest = inner.streams.values().find(|stream| stream.device == *device);
        oldest.map(|stream| (stream.cut)(code)).is_some()
    }

    /// Puts another grant in force for the streams of `device`.
    pub fn regrant(&self, device: &DeviceId, grant: Grant) {
        for stream in lock(&self.inner).streams.values().filter(|stream| stream.device == *device) {
            stream.shared.access.send_replace(grant.into());
        }
    }

    /// Whose streams are running, each device once.
    pub fn devices(&self) -> BTreeSet<DeviceId> {
        lock(&self.inner).streams.values().map(|stream| stream.device).collect()
    }

    /// The streams, oldest first.
    pub fn list(&self) -> Vec<StreamView> {
        lock(&self.inner).streams.iter().map(|(id, stream)| stream.view(*id)).collect()
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
    fn view(&self, id: u64) -> StreamView {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.shared.counters;
        StreamView {
            id,
            device: self.device,
            name: self.name.clone(),
            source: self.source,
            session: read(&counters.session),
            frames: read(&counters.frames),
            datagrams: read(&counters.datagrams),
            dropped: read(&counters.dropped),
            skipped: read(&counters.skipped),
            fec_percent: u8::try_from(read(&counters.fec_percent)).unwrap_or(u8::MAX),
            loss_ppm: u32::try_from(read(&counters.loss_ppm)).unwrap_or(u32::MAX),
        }
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
