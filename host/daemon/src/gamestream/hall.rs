//! What the door asks, and how this host answers.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use punktfunk_config::{Encryption as PolicyEncryption, Policy};
use punktfunk_core::video::video_budget_kbps;
use punktfunk_gamestream::{
    Answer, App, AppRun, Codec, Encryption, Facts, Fingerprint, House, Knock, Link, Seat, Sound, Wish,
};
use punktfunk_media::Codec as MediaCodec;
use punktfunk_media::sound::{Channels, Coupling, FrameLength, OpusSpec};
use punktfunk_trust::{Admission, Admitted, DeviceId, Knock as TrustKnock, is_local};

use super::apps;
use super::seat::HallSeat;
use crate::app::{CutReason, Door, Host, PinRequest, StreamLink, StreamShared};
use crate::session::{self, Slot, SoundSlot, SoundWish, fit, session_source, sound_spec};

/// What Moonlight clients are called until their owner says otherwise: they all send the same name.
const NAME: &str = "Moonlight";
/// Bytes of video in a packet, for the share of headers: what clients on a LAN ask for.
pub(super) const PACKET_BYTES: u16 = 1344;

/// Headers and padding of 300 datagrams of sound a second, kbit/s.
const SOUND_HEADERS_KBPS: u32 = 120;

/// The host, as the door sees it.
#[derive(Debug)]
pub(super) struct Hall {
    host: Arc<Host>,
}

impl Hall {
    pub(super) fn new(host: Arc<Host>) -> Self {
        Self { host }
    }

    /// The device, if it was paired at this door and may come in now.
    fn admit(&self, device: DeviceId, source: IpAddr) -> Option<Admitted> {
        self.host.trust(|trust, now| {
            if !trust.is_let_in_at(Door::GameStream, &device) {
                return None;
            }
            match trust.knock(now, TrustKnock { device: Some(device), name: "", source }) {
                Admission::Admit(admitted) => Some(admitted),
                Admission::Wait(_) | Admission::Refuse(_) => None,
            }
        })
    }
}

pub(super) fn id_of(device: Fingerprint) -> DeviceId {
    DeviceId::from_bytes(device.0)
}

/// Names this host for as long as its certificate lives, in the shape of a UUID.
fn unique_id(id: &DeviceId) -> String {
    let hex = hex::encode(&id.as_bytes()[..16]);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn encryption(policy: &Policy) -> Encryption {
    match policy.doors.gamestream.encryption {
        PolicyEncryption::Required => Encryption::Required,
        PolicyEncryption::Offered => Encryption::Offered,
    }
}

impl House for Hall {
    fn facts(&self) -> Facts {
        let policy = self.host.policy();
        Facts {
            name: policy.name.clone(),
            unique_id: unique_id(&self.host.identity().id()),
            hevc: offers_hevc(&policy),
            touch: policy.input.touch || policy.input.pen,
            encryption: encryption(&policy),
            fec_percent: policy.encode.fec.get(),
        }
    }

    fn welcomes(&self, source: IpAddr) -> bool {
        !self.host.policy().doors.gamestream.lan_only || is_local(source)
    }

    fn is_paired(&self, device: &Fingerprint) -> bool {
        let device = id_of(*device);
        self.host.trust(|trust, _| trust.is_let_in_at(Door::GameStream, &device))
    }

    fn apps(&self, device: &Fingerprint) -> Vec<App> {
        apps::list(&self.host, *device)
    }

    fn why_missing(&self, device: &Fingerprint, id: u32) -> String {
        apps::why_missing(&self.host, *device, id)
    }

    fn box_art(&self, app: App) -> Answer<'_, Option<Vec<u8>>> {
        let host = Arc::clone(&self.host);
        let drawn = tokio::task::spawn_blocking(move || apps::box_art(&host, &app));
        Box::pin(async { drawn.await.ok().flatten() })
    }

    fn start(&self, device: Fingerprint, app: App) -> Answer<'_, Result<Arc<dyn AppRun>, String>> {
        Box::pin(apps::start(Arc::clone(&self.host), device, app))
    }

    fn knock(&self, device: Fingerprint, source: IpAddr) -> Result<Box<dyn Knock>, String> {
        let request = self.host.knock_with_pin(id_of(device), NAME, source);
        request
            .map(|request| Box::new(HallKnock(request)) as Box<dyn Knock>)
            .map_err(|refusal| refusal.to_string())
    }

    fn join(
        &self,
        device: Fingerprint,
        source: IpAddr,
        wish: &Wish,
        link: Link,
    ) -> Result<Arc<dyn Seat>, String> {
        let host = &self.host;
        let gone = || "this device may not stream any more".to_owned();
        let admitted = self.admit(id_of(device), source).ok_or_else(gone)?;
        let policy = host.policy();
        let codec = match wish.codec {
            Codec::H264 => MediaCodec::H264,
            Codec::Hevc => MediaCodec::Hevc,
        };
        if !fit::codecs(&policy).contains(&codec) {
            // every client of this protocol takes H.264, so it cannot be told beforehand that there is none
            return Err(format!("this box may not send {codec}; see encode.codecs in the policy"));
        }
        let profile = fit::profile(&policy, (wish.width, wish.height, wish.refresh_hz), codec);
        let wire_kbps = fit::wire_kbps(&policy, wish.wire_kbps);
        let (slot, ear) = (Arc::new(Slot::default()), Arc::new(SoundSlot::default()));
        let pictures = session_source(&policy, &profile, host.screen_socket());
        let format = sound_format(&wish.sound);
        let sound =
            sound_spec(&policy, &pictures).map(|source| SoundWish { source, format, slot: Arc::clone(&ear) });
        let place = session::Wish {
            profile,
            video_kbps: video_budget_kbps(wire_kbps, sound_kbps(&format), PACKET_BYTES, wish.fec_percent),
            max_slices: wish.max_slices,
            source: pictures,
            device: admitted.id,
            limit: policy.limits.sessions.into(),
            sound,
        };
        let seat = host.sessions().join(&place, &slot, false).map_err(|error| error.to_string())?;
        let shared = Arc::new(StreamShared::new(admitted.grant, seat.session_id(), profile));
        let held = Box::new(HallLink(link.clone()));
        let entry = host.enter_stream(&admitted, source, &shared, held).ok_or_else(gone)?;
        let rate = (wire_kbps, profile.refresh_hz);
        Ok(Arc::new(HallSeat::new(host, seat, (slot, ear, sound_kbps(&format)), shared, entry, rate, link)))
    }
}

fn sound_format(wish: &Sound) -> OpusSpec {
    OpusSpec {
        channels: match wish.channels {
            6 => Channels::Surround51,
            8 => Channels::Surround71,
            _ => Channels::Stereo,
        },
        coupling: if wish.coupled { Coupling::Pairs } else { Coupling::Nothing },
        length: if wish.packet_ms == 10 { FrameLength::Ms10 } else { FrameLength::Ms5 },
        kbps: wish.kbps,
    }
}

/// What sound takes of the wire, kbit/s: half as much again for parity, and the headers.
fn sound_kbps(format: &OpusSpec) -> u32 {
    format.kbps * 3 / 2 + SOUND_HEADERS_KBPS
}

fn offers_hevc(policy: &Policy) -> bool {
    fit::codecs(policy).contains(&MediaCodec::Hevc)
}

struct HallKnock(PinRequest);

impl Knock for HallKnock {
    fn pin(&mut self) -> Answer<'_, Option<String>> {
        Box::pin(self.0.pin())
    }

    fn paired(self: Box<Self>) -> Answer<'static, Result<(), String>> {
        Box::pin(self.0.paired())
    }

    fn wrong_pin(self: Box<Self>) {
        self.0.wrong_pin();
    }
}

/// What the rest of the host holds of a stream of this door.
struct HallLink(Link);

impl StreamLink for HallLink {
    fn cut(&self, _: CutReason) {
        self.0.end();
    }

    fn round_trip(&self) -> Option<Duration> {
        self.0.round_trip()
    }

    fn door(&self) -> Door {
        Door::GameStream
    }
}
