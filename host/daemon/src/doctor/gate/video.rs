//! The way of a picture from the screen to a device, walked by a known one: encoded as a stream would be, packetised, given
//! parity, sealed, opened, put together again with a datagram missing, decoded and compared.

use std::time::Instant;

use punktfunk_config::Policy;
use punktfunk_core::video::{
    AccessUnit, DatagramBatch, FrameMeta, MediaKeys, PacketiseError, Packetiser, StreamParams, UserFlags,
    VideoEvent, VideoReceiver,
};
use punktfunk_core::wire::{Codecs, Hello, Mode, WelcomeFault};
use punktfunk_media::decode::{DecodeError, Decoder};
use punktfunk_media::testcard::{Stamp, TestCard, TestCardSpec, read};
use punktfunk_media::{EncodeError, Encoder, EncoderSpec, Picture, PictureError, Want, open_encoder, psnr};

use crate::doctor::Check;
use crate::native::Plan;
use crate::session::fit;

const SUBJECT: &str = "video";
/// What a device would ask for; the policy may make less of it.
const MODE: Mode = Mode { width: 1280, height: 720, refresh_hz: 60 };
/// An IDR and pictures that build on it.
const PICTURES: u32 = 12;
/// The least bit rate, kbit/s: what a policy asks for below that says something about the owner's line, not about the machine.
const LEAST_KBPS: u32 = 10_000;
/// The least likeness of what went in and what came out at the end, dB. At the least bit rate it is about 30.
const LIKENESS_DB: f64 = 22.0;

/// Why the picture did not arrive.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("no stream can be agreed on: {0}")]
    Plan(String),
    #[error(transparent)]
    Encode(#[from] EncodeError),
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("the machine's random number generator failed; restart it")]
    Random,
    #[error(transparent)]
    Welcome(#[from] WelcomeFault),
    #[error(transparent)]
    Packetise(#[from] PacketiseError),
    #[error("picture {0} went into the data plane and never came out; go back to the version before")]
    NotReceived(u32),
    #[error("picture {0} came out of the data plane changed; go back to the version before")]
    Changed(u32),
    #[error("picture {0} was decoded to nothing; go back to the version before")]
    NotDecoded(u32),
    #[error("picture {0} cannot be told for the one that was encoded; go back to the version before")]
    NotKnown(u32),
    #[error("what is decoded resembles what was encoded by {0:.1} dB only; go back to the version before")]
    Unlike(f64),
}

/// What it took.
struct Walked {
    encoder: String,
    size: (u32, u32),
    likeness_db: f64,
    recovered: u64,
    ms: f64,
}

pub(super) fn check(policy: &Policy) -> Check {
    match walk(policy) {
        Ok(Walked { encoder, size: (width, height), likeness_db, recovered, ms }) => {
            let found = format!(
                "{PICTURES} pictures of {width}x{height} through {encoder}, the data plane and the decoder in {ms:.0} ms, \
                 {recovered} lost datagrams recovered, {likeness_db:.1} dB alike"
            );
            Check::good("video_arrives", SUBJECT, found)
                .with("encoder", encoder)
                .with("size", format_args!("{width}x{height}"))
                .with("ms", format_args!("{ms:.0}"))
        }
        Err(error) => Check::wrong("video_lost", SUBJECT, error.to_string()).with("reason", error),
    }
}

fn walk(policy: &Policy) -> Result<Walked, Lost> {
    let began = Instant::now();
    // what the decoder here reads
    fit::something_to_send(policy).map_err(|why| Lost::Plan(why.to_string()))?;
    let hello = Hello { codecs: Codecs::H264, ..Hello::new(MODE) };
    let plan =
        Plan::settle(policy, &hello, [127, 0, 0, 1].into()).map_err(|error| Lost::Plan(error.to_string()))?;
    let Mode { width, height, refresh_hz } = plan.mode();
    let mut encoder = open_encoder(&EncoderSpec {
        width,
        height,
        refresh_hz,
        bitrate_kbps: plan.video_kbps(plan.fec_percent).max(LEAST_KBPS),
        codec: plan.profile.codec,
        max_slices: plan.max_slices,
    })?;
    let mut decoder = Decoder::h264()?;
    let mut link = Link::new(&plan)?;
    let mut card = TestCard::new(&TestCardSpec { width, height, refresh_hz, label: None });

    let mut likeness_db = 0.0;
    for number in 0..PICTURES {
        let stamp = Stamp { frame: number.into(), clock_ns: u64::from(number + 1) * 1_000_000_000 / 60 };
        let sent = encode(encoder.as_mut(), &card.draw(stamp), number)?;
        let unit = link.carry(&sent, number, stamp.clock_ns)?;
        let shown = decoder.decode(&unit.bytes)?.ok_or(Lost::NotDecoded(number))?;
        if read(&shown) != Some(stamp) {
            return Err(Lost::NotKnown(number));
        }
        likeness_db = psnr(&shown, &card.draw(stamp))?.unwrap_or_default();
    }
    if likeness_db < LIKENESS_DB {
        return Err(Lost::Unlike(likeness_db));
    }
    Ok(Walked {
        encoder: encoder.describe().name,
        size: (width, height),
        likeness_db,
        recovered: link.receiver.stats().recovered_shards,
        ms: began.elapsed().as_secs_f64() * 1000.0,
    })
}

fn encode(encoder: &mut dyn Encoder, picture: &Picture<'_>, number: u32) -> Result<Vec<u8>, Lost> {
    let want = if number == 0 { Want::Idr } else { Want::Any };
    Ok(encoder.encode(picture, want)?.data.to_vec())
}

/// Both ends of the data plane, and a network between them that loses the first datagram of every picture where the policy
/// gives parity to make up for it.
struct Link {
    packetiser: Packetiser,
    receiver: VideoReceiver,
    batch: DatagramBatch,
    loses: bool,
}

impl Link {
    fn new(plan: &Plan) -> Result<Self, Lost> {
        let mut random = [0; MediaKeys::RANDOM_BYTES];
        aws_lc_rs::rand::fill(&mut random).map_err(|_| Lost::Random)?;
        let (host, device) = (plan.welcome(0, random), plan.welcome(0, random));
        let params = StreamParams::from_welcome(&host)?;
        Ok(Self {
            packetiser: Packetiser::new(params, host.keys.into_host().0),
            receiver: VideoReceiver::new(params, device.keys.into_client().1),
            batch: DatagramBatch::new(),
            loses: plan.fec_percent > 0,
        })
    }

    fn carry(&mut self, sent: &[u8], number: u32, now_ns: u64) -> Result<AccessUnit, Lost> {
        let user_flags = if number == 0 { UserFlags::KEY } else { UserFlags::DELTA };
        let meta = FrameMeta { pts_ns: now_ns, frame_index: number, user_flags };
        self.packetiser.packetise(sent, meta, &mut self.batch)?;
        let segment = self.batch.segment_size().max(1);
        for datagram in self.batch.bytes().chunks(segment).skip(usize::from(self.loses)) {
            // what is wrong with a datagram shows in what comes out
            let _ = self.receiver.push(now_ns, &mut datagram.to_vec());
        }
        while let Some(event) = self.receiver.poll(now_ns) {
            match event {
                VideoEvent::Frame(unit) if unit.frame_index != number || unit.bytes != sent => {
                    return Err(Lost::Changed(number));
                }
                VideoEvent::Frame(unit) => return Ok(unit),
                VideoEvent::Lost { .. } | VideoEvent::Send(_) => {}
            }
        }
        Err(Lost::NotReceived(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punktfunk_config::parse;

    fn policy(yaml: &str) -> Policy {
        parse(yaml, "policy.yaml").unwrap().policy
    }

    #[test]
    fn a_known_picture_arrives_with_every_policy_that_has_a_codec_of_this_machine() {
        for yaml in [
            "",
            "encode: { fec: 0% }",
            "encode: { fec: 50%, bitrate: { min: 500kbit/s, default: 500kbit/s } }",
            "limits: { max_mode: 640x360@30 }",
        ] {
            let walked = walk(&policy(yaml)).unwrap_or_else(|error| panic!("{yaml}: {error}"));
            let parity = !yaml.contains("fec: 0%");
            assert_eq!(walked.recovered > 0, parity, "{yaml}");
            assert!(walked.likeness_db > LIKENESS_DB + 3.0, "{yaml}: {} dB", walked.likeness_db);
        }
        assert!(check(&Policy::default()).good);
    }

    #[test]
    fn a_policy_without_a_codec_of_this_machine_says_what_to_do() {
        let found = check(&policy("encode: { codecs: [av1] }"));
        assert!(!found.good && found.told().contains("encode.codecs"), "{found:?}");
    }

    #[test]
    fn a_picture_that_is_changed_on_its_way_is_noticed() {
        let hello = Hello { codecs: Codecs::H264, ..Hello::new(MODE) };
        let plan = Plan::settle(&Policy::default(), &hello, [127, 0, 0, 1].into()).unwrap();
        let mut link = Link::new(&plan).unwrap();
        assert!(link.carry(&[7; 5000], 0, 1).is_ok());
        // the other end has other keys
        link.receiver = Link::new(&plan).unwrap().receiver;
        assert!(matches!(link.carry(&[7; 5000], 1, 2), Err(Lost::NotReceived(1))));
    }
}
