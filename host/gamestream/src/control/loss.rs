//! How much of a stream is lost on its way, from what the client reports (GameStream §4.3).

use punktfunk_core::video::LossLevel;

use super::message::FecStatus;

/// What a request for a key frame counts for at least, parts per million: something was lost that parity did not mend.
const UNREPAIRED_PPM: u32 = 10_000;

/// Counts what is reported in one window, and keeps a level over several. Clients report only the blocks that were not whole,
/// and look at a block no longer than they need to: of the others they have seen just the data.
#[derive(Debug, Default)]
pub(super) struct LossMeter {
    level: LossLevel,
    /// Packets that clients looked at beyond the data of each block.
    beyond: i64,
    missing: u32,
    unrepaired: bool,
}

/// What a window tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Loss {
    /// What was lost in it, parts per million.
    pub(super) ppm: u32,
    /// What parity should be made for, parts per million.
    pub(super) level: u32,
}

impl LossMeter {
    /// A block did not arrive whole.
    pub(super) fn on_status(&mut self, status: FecStatus) {
        let FecStatus { data, received, missing } = status;
        self.beyond += i64::from(received) + i64::from(missing) - i64::from(data);
        self.missing = self.missing.saturating_add(missing);
    }

    /// The client could not go on without a key frame.
    pub(super) fn on_unrepaired(&mut self) {
        self.unrepaired = true;
    }

    /// A window ends in which so many data packets were sent.
    pub(super) fn end_window(&mut self, data: u32) -> Loss {
        let seen = (i64::from(data) + self.beyond).max(self.missing.into()).max(1);
        let ppm = (i64::from(self.missing) * 1_000_000 / seen) as u32;
        let at_least = if self.unrepaired { UNREPAIRED_PPM } else { 0 };
        let level = self.level.on_report(ppm.max(at_least));
        *self = Self { level: self.level, ..Self::default() };
        Loss { ppm, level }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parity_that_was_not_needed_any_more_does_not_count_as_lost() {
        let mut meter = LossMeter::default();
        // 3 + 2: one lost, done with the first parity packet
        meter.on_status(FecStatus { data: 3, received: 3, missing: 1 });
        assert_eq!(meter.end_window(30), Loss { ppm: 32_258, level: 32_258 }, "one of 31");
        assert_eq!(meter.end_window(30), Loss { ppm: 0, level: 28_225 });
    }

    #[test]
    fn the_loss_is_found_out_from_what_a_client_reports_of_it() {
        let mut state = 7_u64;
        let mut lost = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % 100 < 15
        };
        let mut meter = LossMeter::default();
        let (data, parity) = (4, 5);
        for _ in 0..5_000 {
            let (mut received, mut missing, mut gap) = (0, 0, 0);
            for _ in 0..data + parity {
                if lost() {
                    gap += 1;
                } else {
                    (received, missing, gap) = (received + 1, missing + gap, 0);
                    if received == data {
                        break;
                    }
                }
            }
            if missing > 0 || received < data {
                meter.on_status(FecStatus { data, received, missing });
            }
        }
        let Loss { ppm, .. } = meter.end_window(5_000 * data);
        assert!((140_000..160_000).contains(&ppm), "{ppm}");
    }

    #[test]
    fn a_client_that_asks_for_a_key_frame_has_lost_something() {
        let mut meter = LossMeter::default();
        meter.on_unrepaired();
        assert_eq!(meter.end_window(100), Loss { ppm: 0, level: UNREPAIRED_PPM });
        assert!(meter.end_window(100).level < UNREPAIRED_PPM);
    }

    #[test]
    fn reports_beyond_reason_mean_everything_was_lost() {
        let mut meter = LossMeter::default();
        for _ in 0..100_000 {
            meter.on_status(FecStatus { data: 65_535, received: 0, missing: 65_535 });
        }
        assert_eq!(meter.end_window(1).ppm, 1_000_000);
        meter.on_status(FecStatus { data: 65_535, received: 0, missing: 0 });
        assert_eq!(meter.end_window(0).ppm, 0);
    }
}
