//! From Opus packets to datagrams: header, seal, and parity after every fourth (GameStream §6.1, §6.2).

use super::fec::{GROUP, Group};
use super::seal::Seal;

/// Bytes of an RTP header.
const RTP_BYTES: usize = 12;
const VERSION: u8 = 0x80;
const DATA: u8 = 97;
const PARITY_TYPE: u8 = 127;
/// The longest datagram that clients take.
const MAX_DATAGRAM: usize = 1400;

/// A packet that is too long for a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a packet of sound of {0} bytes does not fit into a datagram; it is dropped")]
pub(super) struct TooLong(usize);

/// Makes one stream's datagrams.
#[derive(Debug)]
pub(super) struct Packetiser {
    seal: Option<Seal>,
    /// What a packet lasts.
    ms: u32,
    sequence: u16,
    timestamp: u32,
    group: Group,
    payload: Vec<u8>,
    datagram: Vec<u8>,
}

impl Packetiser {
    pub(super) fn new(seal: Option<Seal>, ms: u32) -> Self {
        Self {
            seal,
            ms,
            sequence: 0,
            timestamp: 0,
            group: Group::default(),
            payload: Vec::new(),
            datagram: Vec::new(),
        }
    }

    /// Hands every datagram that comes of the next packet to `send`, in order.
    pub(super) fn packetise(&mut self, opus: &[u8], mut send: impl FnMut(&[u8])) -> Result<(), TooLong> {
        if RTP_BYTES + opus.len() + 16 > MAX_DATAGRAM {
            return Err(TooLong(opus.len()));
        }
        self.payload.clear();
        self.payload.extend_from_slice(opus);
        if let Some(seal) = &self.seal {
            seal.seal(self.sequence, &mut self.payload);
        }
        header(&mut self.datagram, DATA, self.sequence, self.timestamp);
        self.datagram.extend_from_slice(&self.payload);
        send(&self.datagram);
        let (first, begun) = (self.sequence & !(GROUP as u16 - 1), self.sequence as usize % GROUP);
        let first_timestamp = self.timestamp.wrapping_sub(begun as u32 * self.ms);
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(self.ms);
        // the group begins with the numbers, which are multiples of four
        if let Some(parity) = self.group.add(&self.payload) {
            for (index, row) in (0..).zip(parity) {
                header(&mut self.datagram, PARITY_TYPE, self.sequence.wrapping_add(index.into()), 0);
                self.datagram.extend_from_slice(&[index, DATA]);
                self.datagram.extend_from_slice(&first.to_be_bytes());
                self.datagram.extend_from_slice(&first_timestamp.to_be_bytes());
                self.datagram.extend_from_slice(&[0; 4]);
                self.datagram.extend_from_slice(row);
                send(&self.datagram);
            }
        }
        Ok(())
    }
}

fn header(out: &mut Vec<u8>, kind: u8, sequence: u16, timestamp: u32) {
    out.clear();
    out.extend_from_slice(&[VERSION, kind]);
    out.extend_from_slice(&sequence.to_be_bytes());
    out.extend_from_slice(&timestamp.to_be_bytes());
    out.extend_from_slice(&[0; 4]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::tests::known_key;

    fn datagrams(packetiser: &mut Packetiser, packets: usize) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        for n in 0..packets {
            packetiser.packetise(&[n as u8; 20], |datagram| out.push(datagram.to_vec())).unwrap();
        }
        out
    }

    #[test]
    fn after_every_fourth_packet_come_two_of_parity_that_name_the_group() {
        let out = datagrams(&mut Packetiser::new(None, 5), 8);
        let kinds: Vec<u8> = out.iter().map(|datagram| datagram[1]).collect();
        assert_eq!(kinds, [97, 97, 97, 97, 127, 127, 97, 97, 97, 97, 127, 127]);
        assert_eq!(out[1][..12], [0x80, 97, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0]);
        assert_eq!(
            out[10][..24],
            [0x80, 127, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 97, 0, 4, 0, 0, 0, 20, 0, 0, 0, 0]
        );
        assert_eq!(out[11][..16], [0x80, 127, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 97, 0, 4]);
        assert!(out.iter().filter(|datagram| datagram[1] == 127).all(|datagram| datagram.len() == 24 + 20));
    }

    #[test]
    fn parity_covers_what_is_sent_and_numbers_begin_anew_without_a_break_in_the_groups() {
        let mut packetiser = Packetiser::new(Some(Seal::new(&known_key(), 7)), 10);
        packetiser.sequence = 0xfffc;
        let out = datagrams(&mut packetiser, 8);
        assert_eq!(out.iter().filter(|datagram| datagram[1] == 127).count(), 4);
        assert!(out.iter().filter(|datagram| datagram[1] == 97).all(|datagram| datagram.len() == 12 + 32));
        assert_eq!((&out[6][2..4], &out[10][14..16]), (&[0, 0][..], &[0, 0][..]));
        let mut group = Group::default();
        let parity = out[6..10].iter().fold(None, |_, datagram| group.add(&datagram[12..]).cloned()).unwrap();
        assert_eq!((&parity[0][..], &parity[1][..]), (&out[10][24..], &out[11][24..]));
    }

    #[test]
    fn what_fits_into_no_datagram_is_dropped() {
        let mut packetiser = Packetiser::new(None, 5);
        let sent = packetiser.packetise(&[0; 1400], |_| panic!("it is sent"));
        assert_eq!(sent, Err(TooLong(1400)));
    }
}
