//! A house for the door, as small as can be: devices in a set, a test card behind a real encoder, input in a list.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use punktfunk_gamestream::{
    Answer, App, AppRun, DoorOptions, Encryption, Facts, Fingerprint, Frame, GameStreamDoor, Heard,
    HostCertificate, House, InputEvent, Knock, Link, Seat, SentReport, Taken, Wish,
};
use punktfunk_media::sound::{
    BLOCK_SAMPLES, Channels, Coupling, FrameLength, OpusEncoder, OpusSpec, SoundSource as _, ToneSource,
};
use punktfunk_media::testcard::{Stamp, TestCard, TestCardSpec};
use punktfunk_media::{Codec, Encoder, EncoderSpec, Want, open_encoder};
use tokio::sync::{Notify, oneshot, watch};

use crate::client::{Moonlight, PATIENCE};

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Waiting = (Fingerprint, IpAddr, oneshot::Sender<Option<String>>);

/// What the door asked of the house, and what it is told.
pub struct TestHouse {
    pub paired: Mutex<HashSet<Fingerprint>>,
    waiting: Mutex<Vec<Waiting>>,
    pub wrong_pins: AtomicUsize,
    pub inputs: Mutex<Vec<InputEvent>>,
    pub links: Mutex<Vec<Link>>,
    pub seats: Arc<AtomicUsize>,
    pub encryption: Encryption,
    /// What can be started.
    pub apps: Mutex<Vec<App>>,
    /// The titles of what runs.
    pub runs: Arc<Mutex<Vec<String>>>,
    /// Tells apps that they have ended.
    pub over: watch::Sender<bool>,
    pub full: AtomicBool,
    /// Parity that the encoder is to leave room for, per cent; 0 as long as nothing was said.
    pub protected: AtomicU8,
    me: std::sync::Weak<Self>,
}

impl TestHouse {
    fn new(encryption: Encryption) -> Arc<Self> {
        Arc::new_cyclic(|me| Self {
            paired: Mutex::default(),
            waiting: Mutex::default(),
            wrong_pins: AtomicUsize::new(0),
            inputs: Mutex::default(),
            links: Mutex::default(),
            seats: Arc::default(),
            encryption,
            apps: Mutex::default(),
            runs: Arc::default(),
            over: watch::Sender::new(false),
            full: AtomicBool::new(false),
            protected: AtomicU8::new(0),
            me: me.clone(),
        })
    }

    /// The owner enters a PIN for this device, once it waits.
    pub async fn answer(&self, device: Fingerprint, pin: Option<&str>) {
        let until = Instant::now() + PATIENCE;
        loop {
            let waiting = {
                let mut waiting = lock(&self.waiting);
                let at =
                    waiting.iter().position(|(known, _, answer)| *known == device && !answer.is_closed());
                at.map(|at| waiting.remove(at))
            };
            if let Some((_, _, answer)) = waiting {
                let _ = answer.send(pin.map(str::to_owned));
                return;
            }
            assert!(Instant::now() < until, "nobody waits for a PIN");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How many wait with an open connection.
    pub fn waiting(&self) -> usize {
        lock(&self.waiting).iter().filter(|(_, _, answer)| !answer.is_closed()).count()
    }

    pub fn saw(&self, event: &InputEvent) -> bool {
        lock(&self.inputs).contains(event)
    }
}

struct TestKnock {
    device: Fingerprint,
    pin: oneshot::Receiver<Option<String>>,
    house: Arc<TestHouse>,
}

impl Knock for TestKnock {
    fn pin(&mut self) -> Answer<'_, Option<String>> {
        Box::pin(async { (&mut self.pin).await.ok().flatten() })
    }

    fn paired(self: Box<Self>) -> Answer<'static, Result<(), String>> {
        Box::pin(async move {
            if self.house.full.load(Ordering::Relaxed) {
                return Err("the disk is full".to_owned());
            }
            lock(&self.house.paired).insert(self.device);
            Ok(())
        })
    }

    fn wrong_pin(self: Box<Self>) {
        self.house.wrong_pins.fetch_add(1, Ordering::Relaxed);
    }
}

impl House for TestHouse {
    fn facts(&self) -> Facts {
        Facts {
            name: "Living <Room>".to_owned(),
            unique_id: "11111111-2222-3333-4444-555555555555".to_owned(),
            hevc: false,
            touch: true,
            encryption: self.encryption,
            fec_percent: 20,
        }
    }

    fn welcomes(&self, source: IpAddr) -> bool {
        source.is_loopback()
    }

    fn is_paired(&self, device: &Fingerprint) -> bool {
        lock(&self.paired).contains(device)
    }

    fn apps(&self, _: &Fingerprint) -> Vec<App> {
        lock(&self.apps).clone()
    }

    fn why_missing(&self, _: &Fingerprint, id: u32) -> String {
        format!("the house has no app {id}")
    }

    fn box_art(&self, app: App) -> Answer<'_, Option<Vec<u8>>> {
        Box::pin(
            async move { (app.title != "Bare").then(|| format!("picture of {}", app.title).into_bytes()) },
        )
    }

    fn start(&self, _: Fingerprint, app: App) -> Answer<'_, Result<Arc<dyn AppRun>, String>> {
        Box::pin(async move {
            if app.title == "Broken" {
                return Err("it is broken".to_owned());
            }
            lock(&self.runs).push(app.title.clone());
            let (runs, over) = (Arc::clone(&self.runs), self.over.subscribe());
            Ok(Arc::new(TestRun { title: app.title, runs, over }) as Arc<dyn AppRun>)
        })
    }

    fn knock(&self, device: Fingerprint, source: IpAddr) -> Result<Box<dyn Knock>, String> {
        let (sender, pin) = oneshot::channel();
        lock(&self.waiting).push((device, source, sender));
        Ok(Box::new(TestKnock { device, pin, house: self.me.upgrade().expect("the house stands") }))
    }

    fn join(&self, _: Fingerprint, _: IpAddr, wish: &Wish, link: Link) -> Result<Arc<dyn Seat>, String> {
        if self.full.load(Ordering::Relaxed) {
            return Err("the house is full".to_owned());
        }
        let Wish { width, height, refresh_hz, wire_kbps, .. } = *wish;
        let spec = EncoderSpec {
            width,
            height,
            refresh_hz,
            bitrate_kbps: wire_kbps * 8 / 10,
            codec: Codec::H264,
            max_slices: wish.max_slices,
        };
        let encoder = open_encoder(&spec).map_err(|error| error.to_string())?;
        let card = TestCard::new(&TestCardSpec { width, height, refresh_hz, label: None });
        let sound = Tone::new(wish).map_err(|error| error.to_string())?;
        lock(&self.links).push(link);
        self.seats.fetch_add(1, Ordering::Relaxed);
        Ok(Arc::new(TestSeat {
            house: self.me.upgrade().expect("the house stands"),
            work: Mutex::new(Work { encoder, card, frame: 0, due: Instant::now() }),
            sound: Mutex::new(sound),
            wants_idr: AtomicBool::new(true),
            wish: *wish,
            seats: Arc::clone(&self.seats),
        }))
    }
}

struct TestRun {
    title: String,
    runs: Arc<Mutex<Vec<String>>>,
    over: watch::Receiver<bool>,
}

impl AppRun for TestRun {
    fn ended(&self) -> Answer<'static, ()> {
        let mut over = self.over.clone();
        Box::pin(async move {
            let _ = over.wait_for(|over| *over).await;
        })
    }
}

impl Drop for TestRun {
    fn drop(&mut self) {
        lock(&self.runs).retain(|title| *title != self.title);
    }
}

struct Work {
    encoder: Box<dyn Encoder>,
    card: TestCard,
    frame: u64,
    due: Instant,
}

/// The test card's tone behind a real encoder.
struct Tone {
    source: ToneSource,
    encoder: OpusEncoder,
}

impl Tone {
    fn new(wish: &Wish) -> Result<Self, punktfunk_media::sound::OpusError> {
        let channels = match wish.sound.channels {
            6 => Channels::Surround51,
            8 => Channels::Surround71,
            _ => Channels::Stereo,
        };
        let coupling = if wish.sound.coupled { Coupling::Pairs } else { Coupling::Nothing };
        let length = if wish.sound.packet_ms == 10 { FrameLength::Ms10 } else { FrameLength::Ms5 };
        let encoder = OpusEncoder::open(OpusSpec { channels, coupling, length, kbps: wish.sound.kbps })?;
        Ok(Self { source: ToneSource::new(channels), encoder })
    }

    fn next(&mut self) -> Heard {
        let (mut block, channels) = ([0.0; BLOCK_SAMPLES * 8], self.source.channels());
        let block = &mut block[..BLOCK_SAMPLES * channels.count()];
        let _ = self.source.next(block, PATIENCE);
        match self.encoder.encode(block, channels) {
            Ok(Some(packet)) => Heard::Packet(Arc::new(packet.to_vec())),
            Ok(None) => Heard::Nothing,
            Err(_) => Heard::Ended,
        }
    }
}

struct TestSeat {
    house: Arc<TestHouse>,
    work: Mutex<Work>,
    sound: Mutex<Tone>,
    wants_idr: AtomicBool,
    wish: Wish,
    seats: Arc<AtomicUsize>,
}

impl Drop for TestSeat {
    fn drop(&mut self) {
        self.seats.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Seat for TestSeat {
    fn open(&self) {
        self.wants_idr.store(true, Ordering::Relaxed);
    }

    fn take(&self, _: Duration) -> Taken {
        let mut work = lock(&self.work);
        let Work { encoder, card, frame, due } = &mut *work;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        *due = Instant::now() + Duration::from_secs(1) / self.wish.refresh_hz;
        *frame += 1;
        let want = if self.wants_idr.swap(false, Ordering::Relaxed) { Want::Idr } else { Want::Any };
        let picture = card.draw(Stamp { frame: *frame, clock_ns: *frame * 1_000 });
        let Ok(encoded) = encoder.encode(&picture, want) else { return Taken::Ended };
        Taken::Frame(Frame {
            idr: encoded.idr,
            bytes: Arc::new(encoded.data.to_vec()),
            captured_at_ns: *frame * 1_000_000,
            age_ns: 2_000_000,
        })
    }

    fn request_idr(&self) {
        self.wants_idr.store(true, Ordering::Relaxed);
    }

    fn listen(&self) {}

    fn hear(&self, _: Duration) -> Heard {
        lock(&self.sound).next()
    }

    fn input(&self, event: InputEvent) {
        lock(&self.house.inputs).push(event);
    }

    fn sent(&self, report: SentReport) {
        assert!(report.bytes > 0);
    }

    fn lost(&self, _: u32) {}

    fn protected(&self, percent: u8) {
        self.house.protected.store(percent, Ordering::Relaxed);
    }

    fn rate(&self) -> (u32, u32) {
        (self.wish.wire_kbps, self.wish.refresh_hz)
    }
}

/// An open door.
pub struct OpenDoor {
    pub house: Arc<TestHouse>,
    pub http: std::net::SocketAddr,
    pub https_port: u16,
    closing: Arc<Notify>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl OpenDoor {
    pub fn new() -> Self {
        Self::with(Encryption::Required)
    }

    pub fn with(encryption: Encryption) -> Self {
        Self::on(Ipv4Addr::LOCALHOST, encryption)
    }

    pub fn on(address: Ipv4Addr, encryption: Encryption) -> Self {
        let house = TestHouse::new(encryption);
        let only = Some(IpAddr::V4(address));
        let door = GameStreamDoor::bind(DoorOptions { only, base_port: 0 }).expect("free ports");
        let (http, https_port) = (door.http_addr(), door.https_addr().port());
        let closing = Arc::new(Notify::new());
        let (certificate, _) = HostCertificate::generate().expect("a certificate");
        let (told, serving) = (Arc::clone(&closing), Arc::clone(&house) as Arc<dyn House>);
        let task = tokio::spawn(async move { door.run(serving, certificate, told.notified()).await });
        Self { house, http, https_port, closing, task }
    }

    /// A client that is not paired.
    pub fn stranger(&self) -> Moonlight {
        Moonlight::new(self.http, self.https_port)
    }

    /// A client that is.
    pub async fn friend(&self) -> Moonlight {
        let mut client = self.stranger();
        let device = Fingerprint(client.fingerprint());
        let (paired, ()) = tokio::join!(client.pair("1234"), self.house.answer(device, Some("1234")));
        paired.expect("it knows the PIN");
        client
    }

    /// Closes the door.
    pub async fn close(self) {
        self.closing.notify_one();
        self.task.await.expect("no panic").expect("no failure");
    }
}
