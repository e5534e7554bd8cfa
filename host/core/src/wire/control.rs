use super::{
    BitrateReason, CONTROL_MAGIC, ClipFetch, ClipFetchHeader, ClipOffer, ClipPolicy, ClipReason, CursorShape,
    Grants, Mode, ProbeDelivery,
};
use crate::DecodeError;
use crate::bytes::{Reader, Write, cut};
use crate::datagram::InputEvent;

/// A message on the control stream after the handshake (punktfunk/1 §2.7). Each has exactly one legal length,
/// or one of two where a field is optional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// Client: please another mode. Answered by [`Control::Reconfigured`].
    Reconfigure(Mode),
    /// Host: whether it was done, and the mode that is in force now.
    Reconfigured {
        /// It was done.
        accepted: bool,
        /// The mode in force.
        mode: Mode,
    },
    /// Client: please an IDR.
    RequestKeyframe,
    /// Client: datagrams lost in the last window, in parts per million.
    LossReport {
        /// Parts per million, 0…1 000 000.
        ppm: u32,
    },
    /// Client: please another bitrate. Answered by [`Control::BitrateChanged`], or not at all.
    SetBitrate {
        /// On the wire, in kbit/s.
        kbps: u32,
    },
    /// Host: the bitrate in force.
    BitrateChanged {
        /// On the wire, in kbit/s.
        kbps: u32,
        /// Only toward a client that said it reads this.
        reason: Option<BitrateReason>,
    },
    /// Client: these frames never came whole; do not refer to them any more.
    RfiRequest {
        /// The first frame index.
        first: u32,
        /// The last frame index.
        last: u32,
    },
    /// Host: shards have this many bytes from a coming frame on.
    ShardPayloadChanged(u16),
    /// Client: it can take shards of this size.
    ShardPayloadAck(u16),
    /// Host: no pictures for this many ms, and the network is not the reason.
    PipelineGap {
        /// Milliseconds.
        ms: u32,
    },
    /// Client: datagrams received since the start.
    DeliveryReport {
        /// Datagrams.
        packets: u64,
    },
    /// Client: what it believes its link can carry.
    LinkReport {
        /// In kbit/s.
        kbps: u32,
    },
    /// Client: please another delivery profile.
    SetDelivery {
        /// The profile's number.
        profile: u8,
    },
    /// Host: the delivery profile in force.
    DeliveryChanged {
        /// The profile's number.
        profile: u8,
        /// The client has no choice.
        forced: bool,
    },
    /// Host: facts about its network link.
    HostFacts {
        /// The kind of interface.
        interface: u8,
        /// Its speed in Mbit/s.
        link_mbps: u32,
        /// The socket's send buffer in kB.
        send_buffer_kb: u32,
        /// The delivery profile is forced.
        forced: bool,
    },
    /// Client: please a burst of filler (punktfunk/1 §4.9).
    ProbeRequest {
        /// At this rate, in kbit/s.
        kbps: u32,
        /// For so many milliseconds.
        ms: u32,
    },
    /// Host: what was sent. All zero declines.
    ProbeResult {
        /// Bytes offered to the socket.
        bytes: u64,
        /// Packets offered to the socket.
        packets: u32,
        /// How long it really took, in ms.
        ms: u32,
        /// What became of them, toward a client that understands it.
        delivery: Option<ProbeDelivery>,
    },
    /// Host: how the probe was shaped.
    ProbeShaped {
        /// The rate, in kbit/s.
        kbps: u32,
        /// The duration, in ms.
        ms: u32,
        /// Bursts per second.
        burst_hz: u16,
        /// Bytes in a group.
        group_bytes: u32,
        /// Rate inside a group.
        group_rate: u32,
    },
    /// Client: its time when it sent this, in Unix ns.
    ClockProbe {
        /// Client time.
        t1: u64,
    },
    /// Host: the answer, at once.
    ClockEcho {
        /// Client time, given back.
        t1: u64,
        /// Host time at receipt, in Unix ns.
        t2: u64,
        /// Host time when it sent this, in Unix ns.
        t3: u64,
    },
    /// Client: the phase of its display. The fields have no settled names; a host may ignore it.
    PhaseReport {
        /// First field.
        a: u64,
        /// Second to fourth field.
        b: [u32; 3],
        /// The field of the long form.
        c: Option<u16>,
    },
    /// Client: share the clipboard, or do not.
    ClipControl {
        /// Share it.
        enabled: bool,
        /// Bit 0: files too.
        flags: u8,
    },
    /// Host: how the clipboard is shared.
    ClipState {
        /// It is shared.
        enabled: bool,
        /// What is shared.
        policy: ClipPolicy,
        /// Why so.
        reason: ClipReason,
    },
    /// Either: something was copied.
    ClipOffer(ClipOffer),
    /// Either, on a fetch stream: please the bytes.
    ClipFetch(ClipFetch),
    /// Either, on a fetch stream: the bytes follow, or not.
    ClipFetchHeader(ClipFetchHeader),
    /// Host: a new pointer image.
    CursorShape(CursorShape),
    /// Client: who draws the pointer.
    CursorRender {
        /// The client does.
        by_client: bool,
    },
    /// Host: what this device may do from now on.
    AccessUpdate {
        /// What it may do.
        grants: Grants,
        /// Seconds left; 0 for no end.
        remaining_secs: u32,
    },
    /// Host: whether audio is muted.
    AudioState {
        /// It is.
        muted: bool,
    },
    /// Host: what became of the title to be started.
    LaunchOutcome {
        /// The kind of outcome.
        kind: u8,
        /// A sentence for the user, at most 200 bytes.
        message: String,
    },
    /// Host: which controllers are live, one bit each.
    PadSlots(u16),
    /// Client: an input event that must not get lost.
    InputEdge(InputEvent),
    /// A type this version does not know, or one that has no place on a session's control stream. Ignore it.
    Unknown(u8),
}

impl Control {
    /// The longest message text in [`Control::LaunchOutcome`], in bytes.
    pub const MAX_LAUNCH_MESSAGE: usize = 200;

    /// Reads a payload.
    ///
    /// # Errors
    /// For a wrong magic, a length that the type does not have, or a count above its bound. An unknown type is
    /// not an error.
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new("control message", payload);
        if r.array::<4>()? != CONTROL_MAGIC {
            return Err(DecodeError::Magic { what: "control message", magic: "PKFc" });
        }
        let kind = r.u8()?;
        let message = match kind {
            0x01 => Self::Reconfigure(Mode::read(&mut r)?),
            0x02 => Self::Reconfigured { accepted: r.flag()?, mode: Mode::read(&mut r)? },
            0x03 => Self::RequestKeyframe,
            0x04 => Self::LossReport { ppm: r.u32()? },
            0x05 => Self::SetBitrate { kbps: r.u32()? },
            0x06 => {
                let kbps = r.u32()?;
                let long = r.remaining() > 0;
                Self::BitrateChanged {
                    kbps,
                    reason: if long { Some(BitrateReason::from_wire(r.u8()?)) } else { None },
                }
            }
            0x07 => Self::RfiRequest { first: r.u32()?, last: r.u32()? },
            0x08 => Self::ShardPayloadChanged(r.u16()?),
            0x09 => Self::ShardPayloadAck(r.u16()?),
            0x0a => Self::PipelineGap { ms: r.u32()? },
            0x0b => Self::DeliveryReport { packets: r.u64()? },
            0x0c => Self::LinkReport { kbps: r.u32()? },
            0x0d => Self::SetDelivery { profile: r.u8()? },
            0x0e => Self::DeliveryChanged { profile: r.u8()?, forced: r.flag()? },
            0x0f => Self::HostFacts {
                interface: r.u8()?,
                link_mbps: r.u32()?,
                send_buffer_kb: r.u32()?,
                forced: r.flag()?,
            },
            0x20 => Self::ProbeRequest { kbps: r.u32()?, ms: r.u32()? },
            0x21 => {
                let (bytes, packets, ms) = (r.u64()?, r.u32()?, r.u32()?);
                let long = r.remaining() > 0;
                let delivery = if long {
                    Some(ProbeDelivery { wire_packets: r.u32()?, dropped: r.u32()? })
                } else {
                    None
                };
                Self::ProbeResult { bytes, packets, ms, delivery }
            }
            0x22 => Self::ProbeShaped {
                kbps: r.u32()?,
                ms: r.u32()?,
                burst_hz: r.u16()?,
                group_bytes: r.u32()?,
                group_rate: r.u32()?,
            },
            0x30 => Self::ClockProbe { t1: r.u64()? },
            0x31 => Self::ClockEcho { t1: r.u64()?, t2: r.u64()?, t3: r.u64()? },
            0x32 => {
                let (a, b) = (r.u64()?, [r.u32()?, r.u32()?, r.u32()?]);
                let long = r.remaining() > 0;
                Self::PhaseReport { a, b, c: if long { Some(r.u16()?) } else { None } }
            }
            0x40 => Self::ClipControl { enabled: r.flag()?, flags: r.u8()? },
            0x41 => Self::ClipState {
                enabled: r.flag()?,
                policy: ClipPolicy::from_wire(r.u8()?),
                reason: ClipReason::from_wire(r.u8()?),
            },
            0x42 => Self::ClipOffer(ClipOffer::read(&mut r)?),
            0x43 => Self::ClipFetch(ClipFetch::read(&mut r)?),
            0x44 => Self::ClipFetchHeader(ClipFetchHeader::read(&mut r)?),
            0x50 => Self::CursorShape(CursorShape::read(&mut r)?),
            0x51 => Self::CursorRender { by_client: r.flag()? },
            0x58 => {
                Self::AccessUpdate { grants: Grants::from_bits_retain(r.u32()?), remaining_secs: r.u32()? }
            }
            0x59 => Self::AudioState { muted: r.flag()? },
            0x5a => {
                let kind = r.u8()?;
                let length = usize::from(r.u8()?);
                if length > Self::MAX_LAUNCH_MESSAGE {
                    let limit = Self::MAX_LAUNCH_MESSAGE;
                    return Err(DecodeError::TooLarge { what: "launch message", limit, got: length });
                }
                Self::LaunchOutcome { kind, message: r.text(length)? }
            }
            0x5b => Self::PadSlots(r.u16()?),
            0x5c => {
                let event = r.take(InputEvent::BYTES)?;
                let what = "the input event of an edge";
                let got = event[1].into();
                Self::InputEdge(InputEvent::decode(event).ok_or(DecodeError::Value { what, got })?)
            }
            unknown => return Ok(Self::Unknown(unknown)),
        };
        r.finish()?;
        Ok(message)
    }

    /// The payload. Texts are cut to their bounds. [`Control::Unknown`] becomes a bare type byte, which every
    /// peer ignores.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        out.raw(&CONTROL_MAGIC).u8(self.kind());
        match self {
            Self::Reconfigure(mode) => mode.write(&mut out),
            Self::Reconfigured { accepted, mode } => {
                out.flag(*accepted);
                mode.write(&mut out);
            }
            Self::RequestKeyframe | Self::Unknown(_) => {}
            Self::LossReport { ppm: value }
            | Self::SetBitrate { kbps: value }
            | Self::PipelineGap { ms: value }
            | Self::LinkReport { kbps: value } => {
                out.u32(*value);
            }
            Self::BitrateChanged { kbps, reason } => {
                out.u32(*kbps);
                if let Some(reason) = reason {
                    out.u8(reason.to_wire());
                }
            }
            Self::RfiRequest { first: a, last: b } | Self::ProbeRequest { kbps: a, ms: b } => {
                out.u32(*a).u32(*b);
            }
            Self::ShardPayloadChanged(value) | Self::ShardPayloadAck(value) | Self::PadSlots(value) => {
                out.u16(*value);
            }
            Self::DeliveryReport { packets: value } | Self::ClockProbe { t1: value } => {
                out.u64(*value);
            }
            Self::SetDelivery { profile } => {
                out.u8(*profile);
            }
            Self::DeliveryChanged { profile, forced } => {
                out.u8(*profile).flag(*forced);
            }
            Self::HostFacts { interface, link_mbps, send_buffer_kb, forced } => {
                out.u8(*interface).u32(*link_mbps).u32(*send_buffer_kb).flag(*forced);
            }
            Self::ProbeResult { bytes, packets, ms, delivery } => {
                out.u64(*bytes).u32(*packets).u32(*ms);
                if let Some(ProbeDelivery { wire_packets, dropped }) = delivery {
                    out.u32(*wire_packets).u32(*dropped);
                }
            }
            Self::ProbeShaped { kbps, ms, burst_hz, group_bytes, group_rate } => {
                out.u32(*kbps).u32(*ms).u16(*burst_hz).u32(*group_bytes).u32(*group_rate);
            }
            Self::ClockEcho { t1, t2, t3 } => {
                out.u64(*t1).u64(*t2).u64(*t3);
            }
            Self::PhaseReport { a, b: [b, c, d], c: long } => {
                out.u64(*a).u32(*b).u32(*c).u32(*d);
                if let Some(long) = long {
                    out.u16(*long);
                }
            }
            Self::ClipControl { enabled, flags } => {
                out.flag(*enabled).u8(*flags);
            }
            Self::ClipState { enabled, policy, reason } => {
                out.flag(*enabled).u8(policy.to_wire()).u8(reason.to_wire());
            }
            Self::ClipOffer(offer) => offer.write(&mut out),
            Self::ClipFetch(fetch) => fetch.write(&mut out),
            Self::ClipFetchHeader(header) => header.write(&mut out),
            Self::CursorShape(shape) => shape.write(&mut out),
            Self::CursorRender { by_client: value } | Self::AudioState { muted: value } => {
                out.flag(*value);
            }
            Self::AccessUpdate { grants, remaining_secs } => {
                out.u32(grants.bits()).u32(*remaining_secs);
            }
            Self::LaunchOutcome { kind, message } => {
                let message = cut(message, Self::MAX_LAUNCH_MESSAGE);
                out.u8(*kind).u8(message.len() as u8).raw(message.as_bytes());
            }
            Self::InputEdge(event) => {
                out.raw(&event.encode());
            }
        }
        out
    }

    /// The type byte.
    #[must_use]
    pub fn kind(&self) -> u8 {
        match self {
            Self::Reconfigure(_) => 0x01,
            Self::Reconfigured { .. } => 0x02,
            Self::RequestKeyframe => 0x03,
            Self::LossReport { .. } => 0x04,
            Self::SetBitrate { .. } => 0x05,
            Self::BitrateChanged { .. } => 0x06,
            Self::RfiRequest { .. } => 0x07,
            Self::ShardPayloadChanged(_) => 0x08,
            Self::ShardPayloadAck(_) => 0x09,
            Self::PipelineGap { .. } => 0x0a,
            Self::DeliveryReport { .. } => 0x0b,
            Self::LinkReport { .. } => 0x0c,
            Self::SetDelivery { .. } => 0x0d,
            Self::DeliveryChanged { .. } => 0x0e,
            Self::HostFacts { .. } => 0x0f,
            Self::ProbeRequest { .. } => 0x20,
            Self::ProbeResult { .. } => 0x21,
            Self::ProbeShaped { .. } => 0x22,
            Self::ClockProbe { .. } => 0x30,
            Self::ClockEcho { .. } => 0x31,
            Self::PhaseReport { .. } => 0x32,
            Self::ClipControl { .. } => 0x40,
            Self::ClipState { .. } => 0x41,
            Self::ClipOffer(_) => 0x42,
            Self::ClipFetch(_) => 0x43,
            Self::ClipFetchHeader(_) => 0x44,
            Self::CursorShape(_) => 0x50,
            Self::CursorRender { .. } => 0x51,
            Self::AccessUpdate { .. } => 0x58,
            Self::AudioState { .. } => 0x59,
            Self::LaunchOutcome { .. } => 0x5a,
            Self::PadSlots(_) => 0x5b,
            Self::InputEdge(_) => 0x5c,
            Self::Unknown(kind) => *kind,
        }
    }
}
