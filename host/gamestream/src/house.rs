//! What the door needs of the host that it is built into. It knows nothing of how devices are stored, pictures are made or
//! input is injected: whoever opens the door says so by these traits.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::InputEvent;
use crate::link::Link;

/// A future that a trait object can return.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A client's certificate, by the SHA-256 of its DER: the client's identity.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0[..4]))?;
        f.write_str("…")
    }
}

/// A video codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// H.264, 8 bit 4:2:0.
    H264,
    /// HEVC Main.
    Hevc,
}

/// Something that can be started besides the desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Names it for as long as it is there; clients keep art and order by it. From 2 to 2³¹ − 1.
    pub id: u32,
    /// What clients call it.
    pub title: String,
}

/// An app that runs. Dropping it ends the app.
pub trait AppRun: Send + Sync {
    /// Waits until it has ended by itself, or may not run any more; without holding it.
    fn ended(&self) -> Answer<'static, ()>;
}

/// What must be encrypted. RTSP and control always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Video and sound too; a client that cannot do that is refused.
    Required,
    /// Video and sound where the client wants it.
    Offered,
}

/// What the host tells about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its display name.
    pub name: String,
    /// Names it for as long as its certificate lives; clients key their list of hosts by it.
    pub unique_id: String,
    /// Whether HEVC can be had besides H.264.
    pub hevc: bool,
    /// Whether fingers and pens on a client's screen are taken.
    pub touch: bool,
    /// What must be encrypted.
    pub encryption: Encryption,
    /// Parity per cent at the start of a stream, 0 to 50.
    pub fec_percent: u8,
}

/// The host, as the door sees it. Calls do not block unless they say so.
pub trait House: Send + Sync + 'static {
    /// What it tells about itself now.
    fn facts(&self) -> Facts;

    /// Whether somebody at this address is answered at all.
    fn welcomes(&self, source: IpAddr) -> bool;

    /// Whether this device was paired at this door, and still may stream.
    fn is_paired(&self, device: &Fingerprint) -> bool;

    /// What this device may start besides the desktop.
    fn apps(&self, device: &Fingerprint) -> Vec<App>;

    /// Why an app of this number is not among those.
    fn why_missing(&self, device: &Fingerprint, id: u32) -> String;

    /// The picture of an app, or of the desktop: a PNG file.
    fn box_art(&self, app: App) -> Answer<'_, Option<Vec<u8>>>;

    /// Starts one of the [apps](Self::apps) for a device.
    ///
    /// # Errors
    /// It does not run; the sentence is shown on the device.
    fn start(&self, device: Fingerprint, app: App) -> Answer<'_, Result<Arc<dyn AppRun>, String>>;

    /// A device wants to pair. The answer waits for its owner to enter the PIN that the device shows. Dropping it takes the
    /// request back.
    ///
    /// # Errors
    /// Nobody is asked; the sentence is shown on the device.
    fn knock(&self, device: Fingerprint, source: IpAddr) -> Result<Box<dyn Knock>, String>;

    /// Gives a paired device a place in a session. Blocks while an encoder is opened.
    ///
    /// # Errors
    /// There is none; the sentence is shown on the device.
    fn join(
        &self,
        device: Fingerprint,
        source: IpAddr,
        wish: &Wish,
        link: Link,
    ) -> Result<Arc<dyn Seat>, String>;
}

/// A request to pair that its owner has been told of.
pub trait Knock: Send {
    /// The PIN that the owner entered for this very request: digits. `None` when it was turned away or took too long. The
    /// answer comes once.
    fn pin(&mut self) -> Answer<'_, Option<String>>;

    /// The device knew the PIN: it is trusted from now on.
    ///
    /// # Errors
    /// It could not be stored, and is not trusted.
    fn paired(self: Box<Self>) -> Answer<'static, Result<(), String>>;

    /// The device did not know the PIN. Dropping an answered request without a word says that it broke off.
    fn wrong_pin(self: Box<Self>);
}

/// What a client asks of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Pictures a second.
    pub refresh_hz: u32,
    /// The codec.
    pub codec: Codec,
    /// Bits on the wire, parity included, kbit/s.
    pub wire_kbps: u32,
    /// Parity per cent.
    pub fec_percent: u8,
    /// Slices per picture that its decoder takes.
    pub max_slices: u8,
    /// What it wants to hear.
    pub sound: Sound,
}

/// The sound of a stream: Opus in packets of one length, of the channels front left, front right, centre, low frequencies,
/// back left, back right, side left, side right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sound {
    /// 2, 6 or 8.
    pub channels: u8,
    /// Whether left and right of the same place are coded together; else each channel is coded alone.
    pub coupled: bool,
    /// kbit/s.
    pub kbps: u32,
    /// What a packet lasts, 5 or 10 ms.
    pub packet_ms: u8,
}

/// A place in a session; dropping it leaves.
pub trait Seat: Send + Sync {
    /// Pictures are wanted from now on, from an IDR.
    fn open(&self);

    /// The next access unit, waited for at most so long.
    fn take(&self, wait: Duration) -> Taken;

    /// The next picture is to be an IDR.
    fn request_idr(&self);

    /// Sound is wanted from now on.
    fn listen(&self);

    /// The next packet of sound, waited for at most so long.
    fn hear(&self, wait: Duration) -> Heard;

    /// Somebody did something at the client.
    fn input(&self, event: InputEvent);

    /// An access unit went out.
    fn sent(&self, report: SentReport);

    /// So much of what was sent was lost lately, as the client reports it, parts per million.
    fn lost(&self, ppm: u32);

    /// Parity takes so much of the wire from now on, in per cent of the data: the encoder is to leave room for it.
    fn protected(&self, percent: u8);

    /// What this stream's wire carries, kbit/s, and how many pictures a second.
    fn rate(&self) -> (u32, u32);
}

/// What a viewer found in its seat.
pub enum Taken {
    /// The next access unit to send.
    Frame(Frame),
    /// Nothing yet.
    Nothing,
    /// The session has ended.
    Ended,
}

/// What a viewer heard in its seat.
pub enum Heard {
    /// The next packet to send.
    Packet(Arc<dyn AsRef<[u8]> + Send + Sync>),
    /// Nothing yet.
    Nothing,
    /// The session has ended.
    Ended,
}

/// One access unit.
#[derive(Clone)]
pub struct Frame {
    /// Annex B bytes.
    pub bytes: Arc<dyn AsRef<[u8]> + Send + Sync>,
    /// Decoding can start here.
    pub idr: bool,
    /// When the picture was taken, Unix nanoseconds.
    pub captured_at_ns: u64,
    /// How long ago that was when it was handed over, nanoseconds.
    pub age_ns: u64,
}

/// What became of an access unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentReport {
    /// Bytes on the wire.
    pub bytes: usize,
    /// Datagrams that the kernel took.
    pub datagrams: u32,
    /// Datagrams that it had no room for.
    pub dropped: u32,
    /// Parity per cent.
    pub fec_percent: u8,
}
