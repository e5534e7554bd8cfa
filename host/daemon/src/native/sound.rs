//! The thread that sends one viewer's sound: each packet a QUIC datagram (punktfunk/1 §5.2), sealed as the connection is.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use punktfunk_core::datagram::AudioPacket;
use punktfunk_core::wire::{AudioChannels, Hello, SurroundLayout};
use punktfunk_media::sound::{Channels, Coupling, FrameLength, OpusSpec};
use quinn::Connection;

use crate::session::{SoundSlot, Taken};

/// How long the thread waits at a time.
const PACKET_WAIT: Duration = Duration::from_millis(500);
/// From this much on the wire, kbit/s, stereo sounds as good as it can; below, it takes its share.
const GOOD_FROM_KBPS: u32 = 10_000;
/// Below this much, kbit/s, it makes do with little.
const LITTLE_BELOW_KBPS: u32 = 3_000;
/// Headers and seals of 200 datagrams a second, kbit/s.
const HEADERS_KBPS: u32 = 100;

/// What a client gets to hear, on a wire that carries so much.
pub(super) fn format(hello: &Hello, wire_kbps: u32) -> OpusSpec {
    let (channels, kbps) = match hello.audio_channels {
        AudioChannels::Stereo if wire_kbps < LITTLE_BELOW_KBPS => (Channels::Stereo, 96),
        AudioChannels::Stereo if wire_kbps < GOOD_FROM_KBPS => (Channels::Stereo, 128),
        AudioChannels::Stereo => (Channels::Stereo, 256),
        AudioChannels::Surround51 => (Channels::Surround51, 256),
        AudioChannels::Surround71 => (Channels::Surround71, 450),
    };
    let coupling = match (channels, hello.surround) {
        (Channels::Stereo, _) | (_, SurroundLayout::Standard) => Coupling::Pairs,
        (_, SurroundLayout::Legacy) => Coupling::Neighbours,
        (_, SurroundLayout::Uncoupled) => Coupling::Nothing,
    };
    OpusSpec { channels, coupling, length: FrameLength::Ms5, kbps }
}

/// How the wire names it.
pub(super) fn on_the_wire(format: &OpusSpec) -> (AudioChannels, SurroundLayout) {
    match (format.channels, format.coupling) {
        (Channels::Stereo, _) => (AudioChannels::Stereo, SurroundLayout::Legacy),
        (Channels::Surround51, coupling) => (AudioChannels::Surround51, layout(coupling)),
        (Channels::Surround71, coupling) => (AudioChannels::Surround71, layout(coupling)),
    }
}

fn layout(coupling: Coupling) -> SurroundLayout {
    match coupling {
        Coupling::Pairs => SurroundLayout::Standard,
        Coupling::Neighbours => SurroundLayout::Legacy,
        Coupling::Nothing => SurroundLayout::Uncoupled,
    }
}

/// What it takes of the wire, kbit/s.
pub(super) fn reserve_kbps(format: &OpusSpec) -> u32 {
    format.kbps + HEADERS_KBPS
}

/// The thread at work; dropping it ends it.
pub(super) struct SoundSender {
    slot: Arc<SoundSlot>,
}

impl SoundSender {
    /// Starts it; it sends what is put into the slot.
    pub(super) fn start(slot: &Arc<SoundSlot>, connection: Connection) -> io::Result<Self> {
        let taken_from = Arc::clone(slot);
        thread::Builder::new()
            .name("viewer-sound".to_owned())
            .spawn(move || run(&taken_from, &connection))?;
        Ok(Self { slot: Arc::clone(slot) })
    }
}

impl Drop for SoundSender {
    fn drop(&mut self) {
        self.slot.close();
    }
}

fn run(slot: &SoundSlot, connection: &Connection) {
    let (mut seq, mut datagram) = (0_u32, Vec::new());
    loop {
        match slot.take(PACKET_WAIT) {
            Taken::Closed => return,
            Taken::Nothing => {}
            Taken::Next(packet) => {
                let audio = AudioPacket { seq, pts_ns: packet.captured_at_ns, opus: &packet.opus };
                audio.encode_into(&mut datagram);
                seq = seq.wrapping_add(1);
                // latest wins: one that finds no room is not sent again
                let _ = connection.send_datagram(datagram.clone().into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use punktfunk_core::wire::Mode;

    use super::*;

    #[test]
    fn sound_takes_its_share_of_a_small_wire_and_is_good_on_a_large_one() {
        let hello = Hello::new(Mode { width: 640, height: 360, refresh_hz: 30 });
        let kbps = |wire_kbps| format(&hello, wire_kbps).kbps;
        assert_eq!([500, 5_000, 20_000].map(kbps), [96, 128, 256]);
        assert!(reserve_kbps(&format(&hello, 500)) < 500 / 2);
    }

    #[test]
    fn a_client_is_told_what_is_encoded() {
        let mut hello = Hello::new(Mode { width: 640, height: 360, refresh_hz: 30 });
        for channels in [AudioChannels::Surround51, AudioChannels::Surround71] {
            for layout in [SurroundLayout::Legacy, SurroundLayout::Standard, SurroundLayout::Uncoupled] {
                (hello.audio_channels, hello.surround) = (channels, layout);
                assert_eq!(on_the_wire(&format(&hello, 20_000)), (channels, layout));
            }
        }
        (hello.audio_channels, hello.surround) = (AudioChannels::Stereo, SurroundLayout::Standard);
        assert_eq!(on_the_wire(&format(&hello, 20_000)), (AudioChannels::Stereo, SurroundLayout::Legacy));
    }
}
