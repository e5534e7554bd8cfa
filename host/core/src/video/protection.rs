/// Shards of the largest block that is looked at one by one; for larger ones the share of this one is used.
const MAX_BLOCK: usize = 256;
/// Beyond this loss no parity is worth its bits, in parts per million.
const MAX_PPM: u32 = 300_000;
/// How finely loss is told apart, in parts per million.
const STEP_PPM: u32 = 1_000;
/// How likely it may be that a block cannot be repaired: once in half a minute at 60 pictures a second.
const BROKEN: f64 = 1.0 / 2_000.0;

/// The parity that blocks need under a given loss. A percentage alone does not tell: of a hundred packets the lost ones are
/// about as many as the loss says, of five they are often twice or three times as many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    ppm: u32,
    /// Parity for a block of 1, 2, 3 … shards; empty without loss.
    parity: Vec<u8>,
}

impl Protection {
    /// Against no loss at all: none.
    #[must_use]
    pub fn none() -> Self {
        Self { ppm: 0, parity: Vec::new() }
    }

    /// Against this loss, in parts per million.
    #[must_use]
    pub fn against(ppm: u32) -> Self {
        let ppm = rounded(ppm);
        if ppm == 0 {
            return Self::none();
        }
        let lost = f64::from(ppm) / 1e6;
        let mut parity = 0;
        let needed = |data: usize| {
            // a larger block never needs less
            while chance_to_break(data, parity, lost) > BROKEN {
                parity += 1;
            }
            parity as u8
        };
        Self { ppm, parity: (1..=MAX_BLOCK).map(needed).collect() }
    }

    /// Follows the loss; whether anything has changed.
    pub fn follow(&mut self, ppm: u32) -> bool {
        let changed = rounded(ppm) != self.ppm;
        if changed {
            *self = Self::against(ppm);
        }
        changed
    }

    /// The least parity for a block of so many data shards.
    #[must_use]
    pub fn parity(&self, data: usize) -> usize {
        let known = |data: usize| self.parity.get(data - 1).map_or(0, |parity| usize::from(*parity));
        match data {
            0 => 0,
            1..=MAX_BLOCK => known(data),
            // more than it needs, but not by much
            _ => (known(MAX_BLOCK) * data).div_ceil(MAX_BLOCK),
        }
    }
}

fn rounded(ppm: u32) -> u32 {
    ppm.min(MAX_PPM).div_ceil(STEP_PPM) * STEP_PPM
}

/// How likely it is that more packets of a block are lost than it has parity.
fn chance_to_break(data: usize, parity: usize, lost: f64) -> f64 {
    let all = data + parity;
    let mut just_so_many = (1.0 - lost).powi(all as i32);
    let mut at_most = just_so_many;
    for count in 0..parity {
        just_so_many *= (all - count) as f64 / (count + 1) as f64 * lost / (1.0 - lost);
        at_most += just_so_many;
    }
    1.0 - at_most
}

/// The loss that parity is made for: up at once with what is reported, down by an eighth of the way per report, so that one
/// lucky window does not leave the next one bare.
#[derive(Debug, Clone, Copy, Default)]
pub struct LossLevel(u32);

impl LossLevel {
    /// What is as good as no loss, in parts per million.
    const NOTHING: u32 = 500;

    /// A window has ended with this loss; returns the new level. Both in parts per million.
    pub fn on_report(&mut self, ppm: u32) -> u32 {
        let ppm = ppm.min(1_000_000);
        self.0 = if ppm >= self.0 { ppm } else { self.0 - (self.0 - ppm).div_ceil(8) };
        if self.0 < Self::NOTHING {
            self.0 = 0;
        }
        self.0
    }

    /// The level now, in parts per million.
    #[must_use]
    pub fn ppm(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_blocks_get_more_parity_than_their_share() {
        let at_15_percent = Protection::against(150_000);
        let parity = [1, 2, 3, 5, 10, 100].map(|data| at_15_percent.parity(data));
        assert_eq!(parity, [4, 4, 5, 6, 9, 35]);
        let at_2_percent = Protection::against(20_000);
        assert_eq!([1, 3, 10, 100].map(|data| at_2_percent.parity(data)), [1, 2, 3, 8]);
    }

    #[test]
    fn nothing_is_added_where_nothing_is_lost() {
        assert_eq!([0, 1, 256, 4096].map(|data| Protection::against(0).parity(data)), [0; 4]);
        assert_eq!(Protection::against(100_000).parity(0), 0);
    }

    #[test]
    fn a_larger_block_and_a_larger_loss_never_get_less() {
        for ppm in (0..=1_000_000).step_by(50_000) {
            let (less, more) = (Protection::against(ppm), Protection::against(ppm + 50_000));
            for data in 1..600 {
                assert!(less.parity(data) <= less.parity(data + 1), "{data} at {ppm}");
                assert!(less.parity(data) <= more.parity(data), "{data} at {ppm}");
            }
        }
    }

    #[test]
    fn what_it_promises_holds_when_packets_are_lost_at_random() {
        let mut state = 1_u64;
        let mut chance = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u32 % 1_000_000
        };
        for (data, ppm) in [(1, 50_000), (3, 150_000), (8, 100_000), (60, 50_000)] {
            let parity = Protection::against(ppm).parity(data);
            let blocks = 20_000;
            let broken = (0..blocks)
                .filter(|_| (0..data + parity).filter(|_| chance() < ppm).count() > parity)
                .count();
            assert!(broken <= blocks / 1_000, "{broken} of {blocks} with {data}+{parity} at {ppm}");
        }
    }

    #[test]
    fn only_a_change_that_matters_is_followed() {
        let mut protection = Protection::against(10_000);
        assert!(!protection.follow(9_500));
        assert!(protection.follow(20_000));
        assert_eq!(protection, Protection::against(20_000));
    }

    #[test]
    fn the_level_rises_at_once_and_falls_slowly_to_nothing() {
        let mut level = LossLevel::default();
        assert_eq!(level.on_report(80_000), 80_000);
        assert_eq!(level.on_report(0), 70_000);
        assert_eq!(level.on_report(75_000), 75_000);
        let until = (0..100).take_while(|_| level.on_report(0) > 0).count();
        assert!((20..60).contains(&until), "{until}");
    }
}
