//! Host and client on a made-up network: delays, losses and everything else come out of a seed.

use std::collections::BTreeMap;

use punktfunk_core::video::*;
use punktfunk_core::wire::{Control, Mode, Recover, RfiGate, Welcome};

pub(crate) const HD: Mode = Mode { width: 1280, height: 720, refresh_hz: 60 };
pub(crate) const MS: u64 = 1_000_000;
/// The host's wall clock when a test begins.
pub(crate) const EPOCH: u64 = 1_700_000_000_000_000_000;

pub(crate) fn welcome_with(mode: Mode, random: [u8; 52]) -> Welcome {
    Welcome {
        bitrate_kbps: 20_000,
        ..Welcome::new(50_000, mode, MediaKeys::from_random(Cipher::Aes128Gcm, random))
    }
}

/// Random enough, and the same in every run (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.roll() % n.max(1)
    }

    pub(crate) fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }
}

/// What a network does to datagrams. Chances are per thousand.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Weather {
    pub(crate) loss: u64,
    pub(crate) duplicate: u64,
    pub(crate) corrupt: u64,
    pub(crate) delay_ns: u64,
    pub(crate) jitter_ns: u64,
}

/// What came out at the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Frame { index: u32, presentable: bool, key: bool },
    Lost(u32, u32),
    Said(Control),
}

pub(crate) struct Pair {
    pub(crate) now: u64,
    pub(crate) weather: Weather,
    /// Frame indexes whose datagrams the network swallows.
    pub(crate) blackout: std::ops::Range<u32>,
    pub(crate) packetiser: Packetiser,
    pub(crate) receiver: VideoReceiver,
    pub(crate) seen: Vec<(u64, Seen)>,
    /// Every datagram that was ever delivered, for those who want to replay it.
    pub(crate) record: Vec<Vec<u8>>,
    pub(crate) host_answers: bool,
    dice: Dice,
    pacer: Pacer,
    batch: DatagramBatch,
    wire: BTreeMap<(u64, u64), Vec<u8>>,
    to_host: BTreeMap<(u64, u64), Control>,
    order: u64,
    frame: u32,
    sizes: fn(u32) -> usize,
    idr: bool,
    gate: RfiGate,
}

impl Pair {
    pub(crate) fn new(seed: u64, weather: Weather) -> Self {
        Self::with(seed, weather, |welcome| welcome)
    }

    pub(crate) fn with(seed: u64, weather: Weather, change: impl Fn(Welcome) -> Welcome) -> Self {
        let welcome = || change(welcome_with(HD, [seed as u8 | 1; 52]));
        let params = StreamParams::from_welcome(&welcome()).unwrap();
        Self {
            now: 0,
            weather,
            blackout: 0..0,
            packetiser: Packetiser::new(params, welcome().keys.into_host().0),
            receiver: VideoReceiver::new(params, welcome().keys.into_client().1),
            seen: Vec::new(),
            record: Vec::new(),
            host_answers: true,
            dice: Dice(seed),
            pacer: Pacer::new(20_000, 60),
            batch: DatagramBatch::new(),
            wire: BTreeMap::new(),
            to_host: BTreeMap::new(),
            order: 0,
            frame: 0,
            // 20 Mbit/s at 60 Hz is 41 kB; key frames are larger, and some frames are tiny.
            sizes: |index| {
                if index.is_multiple_of(50) { 200_000 } else { 1 + (index as usize * 7919) % 80_000 }
            },
            idr: true,
            gate: RfiGate::new(),
        }
    }

    pub(crate) fn sized(mut self, sizes: fn(u32) -> usize) -> Self {
        self.sizes = sizes;
        self
    }

    /// The bytes that frame `index` is made of.
    pub(crate) fn picture(&self, index: u32) -> Vec<u8> {
        let mut dice = Dice(u64::from(index) + 1);
        let mut bytes = vec![0; (self.sizes)(index)];
        bytes
            .chunks_mut(8)
            .for_each(|chunk| chunk.copy_from_slice(&dice.roll().to_le_bytes()[..chunk.len()]));
        bytes
    }

    /// Streams so many pictures and lets everything that is under way arrive.
    pub(crate) fn stream(&mut self, frames: u32) {
        for _ in 0..frames {
            let at = self.now + 1_000_000_000 / 60;
            self.send_frame();
            self.run_until(at);
        }
        self.run_until(self.now + 40 * MS);
    }

    pub(crate) fn send_frame(&mut self) {
        let index = self.frame;
        self.frame += 1;
        let user_flags = if std::mem::take(&mut self.idr) { UserFlags::KEY } else { UserFlags::DELTA };
        self.send(index, user_flags);
    }

    pub(crate) fn send(&mut self, index: u32, user_flags: UserFlags) {
        self.frame = index + 1;
        let meta = FrameMeta { pts_ns: EPOCH + self.now, frame_index: index, user_flags };
        self.packetiser.packetise(&self.picture(index), meta, &mut self.batch).unwrap();
        self.pacer.begin(self.now, self.batch.count(), self.batch.segment_size());
        let (mut at, mut sent) = (self.now, 0);
        loop {
            match self.pacer.poll(at) {
                Pace::Send(n) => {
                    for i in sent..sent + n {
                        let datagram = self.batch.range(i..i + 1).to_vec();
                        if !self.blackout.contains(&index) {
                            self.launch(at, datagram);
                        }
                    }
                    sent += n;
                }
                Pace::Wait(until) => at = until,
                Pace::Done => break,
            }
        }
        assert_eq!(sent, self.batch.count());
    }

    /// Puts a datagram on the network.
    pub(crate) fn launch(&mut self, at: u64, mut datagram: Vec<u8>) {
        let Weather { loss, duplicate, corrupt, delay_ns, jitter_ns } = self.weather;
        if self.dice.chance(loss) {
            return;
        }
        for _ in 0..1 + u8::from(self.dice.chance(duplicate)) {
            if self.dice.chance(corrupt) {
                let at = self.dice.below(datagram.len() as u64) as usize;
                datagram[at] ^= 1 << self.dice.below(8);
            }
            self.order += 1;
            let arrival = at + delay_ns + self.dice.below(jitter_ns + 1);
            self.wire.insert((arrival, self.order), datagram.clone());
        }
    }

    pub(crate) fn run_until(&mut self, end: u64) {
        loop {
            let arrival = self.wire.keys().next().map(|(at, _)| *at);
            let control = self.to_host.keys().next().map(|(at, _)| *at);
            let wake = self.receiver.wake_at();
            let next = [arrival, control, wake].into_iter().flatten().min().unwrap_or(end).max(self.now);
            if next > end {
                break;
            }
            self.now = next;
            while let Some(((at, _), mut datagram)) = pop_due(&mut self.wire, next) {
                self.record.push(datagram.clone());
                let _ = self.receiver.push(at, &mut datagram);
                self.drain();
            }
            while let Some((_, message)) = pop_due(&mut self.to_host, next) {
                self.answer(&message);
            }
            self.drain();
            if arrival.is_none() && control.is_none() && wake.is_none_or(|at| at > end) {
                break;
            }
        }
        self.now = end;
    }

    fn drain(&mut self) {
        while let Some(event) = self.receiver.poll(self.now) {
            let seen = match event {
                VideoEvent::Frame(unit) => {
                    assert_eq!(unit.bytes, self.picture(unit.frame_index), "frame {}", unit.frame_index);
                    let seen = Seen::Frame {
                        index: unit.frame_index,
                        presentable: unit.presentable,
                        key: unit.user_flags.is_key(),
                    };
                    self.receiver.recycle(unit.bytes);
                    seen
                }
                VideoEvent::Lost { first, last } => Seen::Lost(first, last),
                VideoEvent::Send(message) => {
                    // The control stream is reliable, but it takes its time.
                    self.order += 1;
                    self.to_host.insert((self.now + self.weather.delay_ns, self.order), message.clone());
                    Seen::Said(message)
                }
            };
            self.seen.push((self.now, seen));
        }
    }

    fn answer(&mut self, message: &Control) {
        if let Control::RfiRequest { first, last } = *message
            && self.host_answers
            && matches!(
                self.gate.request(self.now, first, last),
                Some(Recover::Invalidate { .. } | Recover::Idr)
            )
        {
            self.idr = true;
        }
    }

    pub(crate) fn frames(&self) -> Vec<u32> {
        let frame = |seen: &Seen| match seen {
            Seen::Frame { index, .. } => Some(*index),
            _ => None,
        };
        self.seen.iter().filter_map(|(_, seen)| frame(seen)).collect()
    }

    pub(crate) fn shown(&self) -> Vec<u32> {
        let frame = |seen: &Seen| match seen {
            Seen::Frame { index, presentable: true, .. } => Some(*index),
            _ => None,
        };
        self.seen.iter().filter_map(|(_, seen)| frame(seen)).collect()
    }

    pub(crate) fn lost(&self) -> Vec<(u32, u32)> {
        let lost = |seen: &Seen| match seen {
            Seen::Lost(first, last) => Some((*first, *last)),
            _ => None,
        };
        self.seen.iter().filter_map(|(_, seen)| lost(seen)).collect()
    }

    pub(crate) fn said(&self) -> Vec<(u64, Control)> {
        let said = |(at, seen): &(u64, Seen)| match seen {
            Seen::Said(message) => Some((*at, message.clone())),
            _ => None,
        };
        self.seen.iter().filter_map(said).collect()
    }

    pub(crate) fn asked(&self) -> Vec<(u64, u32, u32)> {
        let asked = |(at, message)| match message {
            Control::RfiRequest { first, last } => Some((at, first, last)),
            _ => None,
        };
        self.said().into_iter().filter_map(asked).collect()
    }
}

fn pop_due<T>(queue: &mut BTreeMap<(u64, u64), T>, now: u64) -> Option<((u64, u64), T)> {
    let key = *queue.keys().next().filter(|(at, _)| *at <= now)?;
    queue.remove_entry(&key)
}

impl Pair {
    /// Takes so many datagrams of those under way off the network.
    pub(crate) fn drop_some(&mut self, count: usize) {
        for _ in 0..count {
            let at = self.dice.below(self.wire.len() as u64) as usize;
            let key = self.wire.keys().nth(at).copied();
            key.map(|key| self.wire.remove(&key));
        }
    }
}
