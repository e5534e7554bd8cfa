//! Two packets of parity for every four of sound: a fixed matrix over the field of video's parity (GameStream §6.2).

use crate::video::field::multiply;

/// Packets of sound in a group.
pub(super) const GROUP: usize = 4;
/// Packets of parity for a group.
pub(super) const PARITY: usize = 2;
const MATRIX: [[u8; GROUP]; PARITY] = [[0x77, 0x40, 0x38, 0x0e], [0xc7, 0xa7, 0x0d, 0x6c]];

/// Collects a group as it is sent.
#[derive(Debug, Default)]
pub(super) struct Group {
    parity: [Vec<u8>; PARITY],
    /// Packets in it, and whether all are equally long so far.
    count: usize,
    even: bool,
}

impl Group {
    /// Adds the next payload. With the last one of the group, gives its parity, unless the payloads differ in length.
    pub(super) fn add(&mut self, payload: &[u8]) -> Option<&[Vec<u8>; PARITY]> {
        if self.count == 0 {
            self.even = true;
            for row in &mut self.parity {
                row.clear();
                row.resize(payload.len(), 0);
            }
        }
        self.even &= payload.len() == self.parity[0].len();
        if self.even {
            for (row, factors) in self.parity.iter_mut().zip(MATRIX) {
                let factor = factors[self.count];
                for (sum, byte) in row.iter_mut().zip(payload) {
                    *sum ^= multiply(factor, *byte);
                }
            }
        }
        self.count = (self.count + 1) % GROUP;
        (self.count == 0 && self.even).then_some(&self.parity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parity_matches_the_known_answer() {
        let rows: Vec<Vec<u8>> =
            (0..4).map(|row: u8| (0..8).map(|n| row * 16 + 1 + 3 * n).collect()).collect();
        let mut group = Group::default();
        for _ in 0..2 {
            for row in &rows[..3] {
                assert_eq!(group.add(row), None);
            }
            let parity = group.add(&rows[3]).expect("the group is full");
            assert_eq!(parity.each_ref().map(hex::encode), ["1b1e1d1017989b9e", "9194979a9ddad9dc"]);
        }
    }

    #[test]
    fn a_group_whose_packets_differ_in_length_has_no_parity_and_the_next_one_has() {
        let mut group = Group::default();
        for payload in [&[1; 8][..], &[1; 8], &[1; 9], &[1; 8]] {
            assert_eq!(group.add(payload), None);
        }
        for _ in 0..3 {
            assert_eq!(group.add(&[1; 5]), None);
        }
        assert!(group.add(&[1; 5]).is_some_and(|parity| parity[0].len() == 5));
    }
}
