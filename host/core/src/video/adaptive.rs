use super::OVERHEAD_BYTES;

/// What is left for the encoder out of the bitrate on the wire, in kbit/s (punktfunk/1 §4.12): audio comes
/// off, then headers and seals, then parity.
#[must_use]
pub fn video_budget_kbps(wire_kbps: u32, audio_kbps: u32, shard_bytes: u16, fec_percent: u8) -> u32 {
    let shard = u64::from(shard_bytes);
    let rest = u64::from(wire_kbps.saturating_sub(audio_kbps));
    let shards = rest * shard / (shard + OVERHEAD_BYTES as u64);
    (shards * 100 / (100 + u64::from(fec_percent))) as u32
}

/// Follows the loss that a client reports with the parity percentage (punktfunk/1 §4.12): up at once, down by
/// one per clean window, and three more for four windows after frames were lost for good.
#[derive(Debug, Clone)]
pub struct AdaptiveFec {
    base: u8,
    boosted: u8,
}

impl AdaptiveFec {
    /// The least percentage.
    pub const MIN: u8 = 5;
    /// The largest percentage.
    pub const MAX: u8 = 50;
    const BOOST: u8 = 3;
    const BOOST_WINDOWS: u8 = 4;

    /// Begins with this percentage.
    #[must_use]
    pub fn new(percent: u8) -> Self {
        Self { base: percent.clamp(Self::MIN, Self::MAX), boosted: 0 }
    }

    /// A window has ended with this loss, in parts per million. Returns the new percentage.
    pub fn on_report(&mut self, ppm: u32) -> u8 {
        let target = u64::from(ppm.min(1_000_000)) * 14;
        let target = (target.div_ceil(100_000) + 1).clamp(Self::MIN.into(), Self::MAX.into()) as u8;
        self.base = if target >= self.base { target } else { self.base - 1 };
        self.boosted = self.boosted.saturating_sub(1);
        self.percent()
    }

    /// The client has lost frames for good.
    pub fn on_rfi(&mut self) {
        self.boosted = Self::BOOST_WINDOWS;
    }

    /// The percentage to use now.
    #[must_use]
    pub fn percent(&self) -> u8 {
        let boost = if self.boosted > 0 { Self::BOOST } else { 0 };
        (self.base + boost).min(Self::MAX)
    }
}
