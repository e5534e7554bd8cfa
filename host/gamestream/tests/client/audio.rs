//! The client's sound: pings out, packets in, decrypted, put in order and repaired.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use aws_lc_rs::cipher::{AES_128, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;

use super::rtsp::{Session, Wishes};
use super::{KEY_NUMBER, PATIENCE};

/// What has happened.
#[derive(Debug, Default)]
pub struct Counters {
    pub packets: AtomicU64,
    pub parity: AtomicU64,
    pub dropped: AtomicU64,
    pub repaired: AtomicU64,
    pub lost: AtomicU64,
}

/// The receiving thread.
pub struct Audio {
    /// Opus packets in order; nothing in the place of one that is lost.
    pub packets: Receiver<Option<Vec<u8>>>,
    pub counters: Arc<Counters>,
    stopped: Arc<AtomicBool>,
}

impl Audio {
    pub fn start(from: IpAddr, host: SocketAddr, session: &Session, wishes: &Wishes, key: [u8; 16]) -> Self {
        let socket = UdpSocket::bind((from, 0)).expect("a socket");
        let (sender, packets) = sync_channel(4096);
        let (counters, stopped) = (Arc::new(Counters::default()), Arc::new(AtomicBool::new(false)));
        let receiver = Receiving {
            socket,
            host,
            secret: session.ping_secret.clone(),
            key: (wishes.encryption & 4 != 0 || wishes.old_flags & 0x20 != 0).then_some(key),
            packet_ms: wishes.packet_ms,
            loss_percent: wishes.loss_percent,
            random: 0x8765_4321,
            group: Group::default(),
            counters: Arc::clone(&counters),
        };
        let stop = Arc::clone(&stopped);
        std::thread::spawn(move || receiver.run(&stop, &sender));
        Self { packets, counters, stopped }
    }

    /// The next packet, or that it is lost.
    pub fn next(&self) -> Option<Vec<u8>> {
        self.packets.recv_timeout(PATIENCE).expect("sound comes")
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

struct Receiving {
    socket: UdpSocket,
    host: SocketAddr,
    secret: String,
    /// None where sound is not sealed.
    key: Option<[u8; 16]>,
    packet_ms: u32,
    loss_percent: u32,
    random: u32,
    group: Group,
    counters: Arc<Counters>,
}

/// Four packets as they are sent, and their parity.
#[derive(Default)]
struct Group {
    first: u16,
    data: [Option<Vec<u8>>; 4],
    parity: [Option<Vec<u8>>; 2],
    done: bool,
}

impl Receiving {
    fn run(mut self, stopped: &AtomicBool, packets: &SyncSender<Option<Vec<u8>>>) {
        self.socket.set_read_timeout(Some(Duration::from_millis(50))).expect("a time-out");
        let (mut pings, mut last_ping) = (0_u32, None::<Instant>);
        let mut bytes = [0; 2048];
        while !stopped.load(Ordering::Relaxed) {
            if last_ping.is_none_or(|at| at.elapsed() >= Duration::from_millis(500)) {
                last_ping = Some(Instant::now());
                pings += 1;
                let ping = [self.secret.as_bytes(), &pings.to_be_bytes()].concat();
                let _ = self.socket.send_to(&ping, self.host);
            }
            let Ok((length, from)) = self.socket.recv_from(&mut bytes) else { continue };
            assert_eq!(from, self.host, "sound comes from the port that was named");
            assert!(length <= 1400, "the client takes no longer ones");
            self.counters.packets.fetch_add(1, Ordering::Relaxed);
            self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if (self.random >> 16) % 100 < self.loss_percent {
                self.counters.dropped.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            for packet in self.take(&bytes[..length]) {
                // a test that does not listen loses sound, as a slow client does
                let _ = packets.try_send(packet);
            }
        }
    }

    /// What a datagram makes known.
    fn take(&mut self, datagram: &[u8]) -> Vec<Option<Vec<u8>>> {
        assert_eq!((datagram[0], &datagram[8..12]), (0x80, &[0; 4][..]));
        let word = |at: usize| u16::from_be_bytes([datagram[at], datagram[at + 1]]);
        let time = |at: usize| u32::from_be_bytes(datagram[at..at + 4].try_into().expect("4 bytes"));
        let (first, place, payload) = match datagram[1] {
            97 => {
                let sequence = word(2);
                assert_eq!(time(4), u32::from(sequence) * self.packet_ms, "a timestamp counts milliseconds");
                (sequence & !3, usize::from(sequence & 3), &datagram[12..])
            }
            127 => {
                self.counters.parity.fetch_add(1, Ordering::Relaxed);
                assert_eq!((time(4), datagram[13]), (0, 97));
                assert_eq!(time(16), u32::from(word(14)) * self.packet_ms);
                (word(14), 4 + usize::from(datagram[12]), &datagram[24..])
            }
            other => panic!("a packet of type {other}"),
        };
        let mut out = Vec::new();
        if first != self.group.first {
            assert!(first > self.group.first, "tests are shorter than the numbers");
            out.extend(self.give_up());
            for _ in self.group.first / 4 + 1..first / 4 {
                out.extend([const { None }; 4]);
                self.counters.lost.fetch_add(4, Ordering::Relaxed);
            }
            self.group = Group { first, ..Group::default() };
        }
        if self.group.done {
            return out;
        }
        match place {
            0..4 => self.group.data[place] = Some(payload.to_vec()),
            _ => self.group.parity[place - 4] = Some(payload.to_vec()),
        }
        self.repair();
        if self.group.data.iter().all(Option::is_some) {
            out.extend(self.give_up());
        }
        out
    }

    /// Hands on what there is of the group.
    fn give_up(&mut self) -> Vec<Option<Vec<u8>>> {
        if std::mem::replace(&mut self.group.done, true) {
            return Vec::new();
        }
        let (first, data) = (self.group.first, std::mem::take(&mut self.group.data));
        let lost = data.iter().filter(|packet| packet.is_none()).count();
        self.counters.lost.fetch_add(lost as u64, Ordering::Relaxed);
        (first..).zip(data).map(|(sequence, packet)| Some(self.open(sequence, packet?))).collect()
    }

    fn open(&self, sequence: u16, mut sealed: Vec<u8>) -> Vec<u8> {
        let Some(key) = self.key else { return sealed };
        let mut iv = [0; 16];
        iv[..4].copy_from_slice(&(KEY_NUMBER as u32).wrapping_add(sequence.into()).to_be_bytes());
        let key = UnboundCipherKey::new(&AES_128, &key).expect("a key");
        let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).expect("CBC");
        let context = DecryptionContext::Iv128(FixedLength::from(iv));
        key.decrypt(&mut sealed, context).expect("the padding is whole").to_vec()
    }

    /// Solves for one or two packets that are missing.
    fn repair(&mut self) {
        const MATRIX: [[u8; 4]; 2] = [[0x77, 0x40, 0x38, 0x0e], [0xc7, 0xa7, 0x0d, 0x6c]];
        let Group { data, parity, .. } = &mut self.group;
        let missing: Vec<usize> = (0..4).filter(|at| data[*at].is_none()).collect();
        let rows: Vec<usize> = (0..2).filter(|row| parity[*row].is_some()).collect();
        if missing.is_empty() || missing.len() > rows.len() {
            return;
        }
        // what the missing ones add to each row
        let rest = |row: usize| {
            let mut rest = parity[row].clone().expect("it is there");
            for (at, packet) in data.iter().enumerate() {
                for (sum, byte) in rest.iter_mut().zip(packet.iter().flatten()) {
                    *sum ^= times(MATRIX[row][at], *byte);
                }
            }
            rest
        };
        if let [at] = missing[..] {
            let row = rows[0];
            let factor = over(MATRIX[row][at]);
            let solved = rest(row).iter().map(|byte| times(factor, *byte)).collect();
            data[at] = Some(solved);
        } else {
            let (one, other) = (missing[0], missing[1]);
            let (upper, lower) = (rest(0), rest(1));
            let [[a, b], [c, d]] = [[MATRIX[0][one], MATRIX[0][other]], [MATRIX[1][one], MATRIX[1][other]]];
            let factor = over(times(a, d) ^ times(b, c));
            let solve = |p: u8, q: u8| {
                upper.iter().zip(&lower).map(|(u, l)| times(factor, times(p, *u) ^ times(q, *l))).collect()
            };
            let (first, second) = (solve(d, b), solve(c, a));
            (data[one], data[other]) = (Some(first), Some(second));
        }
        self.counters.repaired.fetch_add(missing.len() as u64, Ordering::Relaxed);
    }
}

fn times(one: u8, other: u8) -> u8 {
    let mut product = 0_u16;
    for bit in 0..8 {
        if other >> bit & 1 == 1 {
            product ^= u16::from(one) << bit;
        }
    }
    for bit in (8..16).rev() {
        if product >> bit & 1 == 1 {
            product ^= 0x11d << (bit - 8);
        }
    }
    product as u8
}

fn over(element: u8) -> u8 {
    (1..=255).find(|other| times(element, *other) == 1).expect("every element but zero has one")
}
