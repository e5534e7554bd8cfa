//! The client's video: pings out, packets in, frames put together and repaired.

use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use super::rtsp::{Session, Wishes};
use super::{PATIENCE, gcm};

/// A whole frame.
#[derive(Debug, Clone)]
pub struct Frame {
    pub index: u32,
    /// The frame type byte.
    pub kind: u8,
    /// The access unit, with the padding of the last packet.
    pub unit: Vec<u8>,
}

/// What has happened.
#[derive(Debug, Default)]
pub struct Counters {
    pub packets: AtomicU64,
    pub dropped: AtomicU64,
    pub repaired: AtomicU64,
    pub lost_frames: AtomicU64,
}

/// The receiving thread.
pub struct Video {
    pub frames: Receiver<Frame>,
    pub counters: Arc<Counters>,
    stopped: Arc<AtomicBool>,
}

impl Video {
    /// `report` is called with each FEC status.
    pub fn start(
        from: IpAddr,
        host: SocketAddr,
        session: &Session,
        wishes: &Wishes,
        key: [u8; 16],
        report: impl Fn(&[u8]) + Send + 'static,
    ) -> Self {
        let socket = UdpSocket::bind((from, 0)).expect("a socket");
        let (sender, frames) = sync_channel(64);
        let (counters, stopped) = (Arc::new(Counters::default()), Arc::new(AtomicBool::new(false)));
        let receiver = Receiving {
            socket,
            host,
            secret: session.ping_secret.clone(),
            key: (wishes.encryption & 2 != 0).then_some(key),
            wishes: wishes.clone(),
            random: 0x1234_5678,
            assembly: Assembly { shard: wishes.packet_size + 16, ..Assembly::default() },
            counters: Arc::clone(&counters),
            nonces: HashSet::new(),
            report: Box::new(report),
        };
        let stop = Arc::clone(&stopped);
        std::thread::spawn(move || receiver.run(&stop, &sender));
        Self { frames, counters, stopped }
    }

    /// The next whole frame.
    pub fn next(&self) -> Option<Frame> {
        self.frames.recv_timeout(PATIENCE).ok()
    }
}

impl Drop for Video {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

struct Receiving {
    socket: UdpSocket,
    host: SocketAddr,
    secret: String,
    key: Option<[u8; 16]>,
    wishes: Wishes,
    random: u32,
    assembly: Assembly,
    counters: Arc<Counters>,
    /// Counters of the nonces that came.
    nonces: HashSet<u64>,
    report: Report,
}

/// Tells the host what came of a picture.
type Report = Box<dyn Fn(&[u8]) + Send>;

impl Receiving {
    fn run(mut self, stopped: &AtomicBool, frames: &SyncSender<Frame>) {
        self.socket.set_read_timeout(Some(Duration::from_millis(50))).expect("a time-out");
        let (mut pings, mut last_ping) = (0_u32, None::<Instant>);
        let mut held: Option<Vec<u8>> = None;
        let mut bytes = [0; 2048];
        while !stopped.load(Ordering::Relaxed) {
            if last_ping.is_none_or(|at| at.elapsed() >= Duration::from_millis(500)) {
                last_ping = Some(Instant::now());
                pings += 1;
                let ping = [self.secret.as_bytes(), &pings.to_be_bytes()].concat();
                let _ = self.socket.send_to(&ping, self.host);
            }
            let Ok((length, from)) = self.socket.recv_from(&mut bytes) else { continue };
            assert_eq!(from, self.host, "pictures come from the port that was named");
            self.counters.packets.fetch_add(1, Ordering::Relaxed);
            if self.chance(self.wishes.loss_percent) {
                self.counters.dropped.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            let packet = self.open(&bytes[..length]);
            let swaps = self.chance(self.wishes.reorder_percent);
            let first = if swaps && held.is_none() {
                held = Some(packet);
                continue;
            } else {
                packet
            };
            for packet in [Some(first), held.take()].into_iter().flatten() {
                let frame = self.assembly.take(&packet, &self.counters);
                if let Some(status) = self.assembly.status.take().filter(|_| self.wishes.reports_loss) {
                    (self.report)(&status);
                }
                if let Some(frame) = frame {
                    // a test that does not look loses frames, as a slow client does
                    let _ = frames.try_send(frame);
                }
            }
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.random >> 16) % 100 < percent
    }

    fn open(&mut self, datagram: &[u8]) -> Vec<u8> {
        let packet = match &self.key {
            None => datagram.to_vec(),
            Some(key) => {
                assert_eq!(datagram[11], b'V');
                let nonce: [u8; 12] = datagram[..12].try_into().expect("12 bytes");
                let counter = u64::from_le_bytes(nonce[..8].try_into().expect("8 bytes"));
                assert!(self.nonces.insert(counter), "nonce {counter} came twice");
                gcm::open(key, nonce, &datagram[16..32], &datagram[32..]).expect("a tag")
            }
        };
        assert_eq!(packet.len(), self.wishes.packet_size + 16, "a datagram has its negotiated length");
        packet
    }
}

/// Puts packets together: a frame is up to four blocks, a block data and parity.
#[derive(Default)]
struct Assembly {
    shard: usize,
    frame: u32,
    /// Packets by block and index.
    blocks: BTreeMap<u8, BTreeMap<usize, Vec<u8>>>,
    done: bool,
    last_whole: u32,
    /// What is to be said about the last block that was not whole at once.
    status: Option<Vec<u8>>,
}

impl Assembly {
    fn take(&mut self, packet: &[u8], counters: &Counters) -> Option<Frame> {
        assert_eq!(packet[0], 0x90);
        let frame = u32::from_le_bytes(packet[20..24].try_into().expect("4 bytes"));
        if frame < self.frame {
            return None;
        }
        if frame > self.frame {
            if self.frame > 0 && !self.done {
                let unfinished = self.blocks.iter().find(|(_, block)| block.len() < data_of(block));
                self.status = unfinished.map(|(number, block)| status(self.frame, *number, block));
                counters.lost_frames.fetch_add(1, Ordering::Relaxed);
            }
            counters.lost_frames.fetch_add(u64::from(frame - self.frame - 1), Ordering::Relaxed);
            self.frame = frame;
            self.blocks.clear();
            self.done = false;
        }
        if self.done {
            return None;
        }
        let info = u32::from_le_bytes(packet[28..32].try_into().expect("4 bytes"));
        let index = (info >> 12 & 0x3ff) as usize;
        let (block, blocks) = (packet[27] >> 4 & 3, (packet[27] >> 6) + 1);
        self.blocks.entry(block).or_default().insert(index, packet.to_vec());
        let mut bytes = Vec::new();
        for number in 0..blocks {
            let packets = self.blocks.get(&number)?;
            bytes.extend(whole_block(packets, self.shard, counters)?);
        }
        self.done = true;
        self.last_whole = frame;
        let repaired = self
            .blocks
            .iter()
            .find(|(_, block)| (0..data_of(block)).any(|index| !block.contains_key(&index)));
        self.status = repaired.map(|(number, block)| status(frame, *number, block));
        assert_eq!((bytes[0], bytes[6], bytes[7]), (1, 0, 0), "the frame header");
        Some(Frame { index: frame, kind: bytes[3], unit: bytes[8..].to_vec() })
    }
}

fn info_of(packets: &BTreeMap<usize, Vec<u8>>) -> u32 {
    let any = packets.values().next().expect("a block has packets");
    u32::from_le_bytes(any[28..32].try_into().expect("4 bytes"))
}

fn data_of(packets: &BTreeMap<usize, Vec<u8>>) -> usize {
    (info_of(packets) >> 22) as usize
}

/// What a client reports of a block that it has repaired or given up.
fn status(frame: u32, block: u8, packets: &BTreeMap<usize, Vec<u8>>) -> Vec<u8> {
    let (data, percent) = (data_of(packets), (info_of(packets) >> 4 & 0xff) as usize);
    let received = packets.range(..data).count();
    let highest = *packets.keys().next_back().expect("a block has packets");
    let words = [
        0,
        0,
        highest + 1 - packets.len(),
        data,
        (data * percent).div_ceil(100),
        received,
        packets.len() - received,
    ];
    let words = words.iter().flat_map(|word| (*word as u16).to_be_bytes());
    let blocks = (packets.values().next().expect("a block has packets")[27] >> 6) + 1;
    frame.to_be_bytes().into_iter().chain(words).chain([percent as u8, block, blocks]).collect()
}

/// The payloads of a block, repaired where packets are missing; `None` while too many are.
fn whole_block(packets: &BTreeMap<usize, Vec<u8>>, shard: usize, counters: &Counters) -> Option<Vec<u8>> {
    let info = u32::from_le_bytes(packets.values().next()?[28..32].try_into().expect("4 bytes"));
    let (data, percent) = ((info >> 22) as usize, (info >> 4 & 0xff) as usize);
    let parity = (data * percent).div_ceil(100);
    if packets.len() < data {
        return None;
    }
    let missing: Vec<usize> = (0..data).filter(|index| !packets.contains_key(index)).collect();
    let mut rows: Vec<Vec<u8>> =
        (0..data).map(|index| packets.get(&index).cloned().unwrap_or_default()).collect();
    if !missing.is_empty() {
        counters.repaired.fetch_add(missing.len() as u64, Ordering::Relaxed);
        let repair = packets.iter().filter(|(index, _)| **index >= data).take(missing.len());
        // one equation for each missing packet: factors of the missing ones, and what the others leave over
        let mut equations: Vec<(Vec<u8>, Vec<u8>)> = repair
            .map(|(index, packet)| {
                let row = index - data;
                let factor = |column: usize| inverse(((parity + column) ^ row) as u8);
                let mut rest = vec![0; shard];
                for covered in [16..20, 24..27, 32..shard] {
                    rest[covered.clone()].copy_from_slice(&packet[covered]);
                }
                for (column, known) in rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
                    for at in (16..20).chain(24..27).chain(32..shard) {
                        rest[at] ^= multiply(factor(column), known[at]);
                    }
                }
                (missing.iter().map(|column| factor(*column)).collect(), rest)
            })
            .collect();
        solve(&mut equations);
        for (column, (_, packet)) in missing.iter().zip(equations) {
            rows[*column] = packet;
        }
    }
    for (index, row) in rows.iter().enumerate() {
        let expected = 1 | if index == 0 { 4 } else { 0 } | if index + 1 == data { 2 } else { 0 };
        assert_eq!((row[24], row[26]), (expected, 0x10), "the flags of packet {index} of {data}");
    }
    Some(rows.iter().flat_map(|row| row[32..].to_vec()).collect())
}

/// Gauss and Jordan.
fn solve(equations: &mut [(Vec<u8>, Vec<u8>)]) {
    for n in 0..equations.len() {
        let pivot = (n..equations.len())
            .find(|row| equations[*row].0[n] != 0)
            .expect("a Cauchy matrix can be inverted");
        equations.swap(n, pivot);
        let scale = inverse(equations[n].0[n]);
        let scaled = |bytes: &mut Vec<u8>| bytes.iter_mut().for_each(|byte| *byte = multiply(scale, *byte));
        scaled(&mut equations[n].0);
        scaled(&mut equations[n].1);
        let (factors, rest) = equations[n].clone();
        for (row, equation) in equations.iter_mut().enumerate() {
            let times = equation.0[n];
            if row == n || times == 0 {
                continue;
            }
            for (byte, other) in equation.0.iter_mut().zip(&factors) {
                *byte ^= multiply(times, *other);
            }
            for (byte, other) in equation.1.iter_mut().zip(&rest) {
                *byte ^= multiply(times, *other);
            }
        }
    }
}

fn multiply(one: u8, other: u8) -> u8 {
    let mut product = 0;
    let mut shifted = u16::from(one);
    for bit in 0..8 {
        if other >> bit & 1 != 0 {
            product ^= shifted;
        }
        shifted <<= 1;
        if shifted & 0x100 != 0 {
            shifted ^= 0x11d;
        }
    }
    product as u8
}

fn inverse(element: u8) -> u8 {
    (1..=255).find(|other| multiply(element, *other) == 1).unwrap_or(0)
}
