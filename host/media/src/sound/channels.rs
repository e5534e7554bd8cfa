//! Which channels there are, how Opus pairs them, and how many become few.

use ffmpeg_next::ChannelLayout;

/// The most channels there are.
pub(super) const MAX_CHANNELS: usize = 8;
/// What a channel counts for in another that it is mixed into: half of its power.
const HALF_POWER: f32 = std::f32::consts::FRAC_1_SQRT_2;

/// The channels of a sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Channels {
    /// Left and right.
    #[default]
    Stereo,
    /// Five and low frequencies.
    Surround51,
    /// Seven and low frequencies.
    Surround71,
}

impl Channels {
    /// How many they are.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Self::Stereo => 2,
            Self::Surround51 => 6,
            Self::Surround71 => MAX_CHANNELS,
        }
    }

    pub(super) fn layout(self) -> ChannelLayout {
        match self {
            Self::Stereo => ChannelLayout::STEREO,
            Self::Surround51 => ChannelLayout::_5POINT1_BACK,
            Self::Surround71 => ChannelLayout::_7POINT1,
        }
    }
}

/// Which channels Opus codes as pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Coupling {
    /// Left and right of the same place.
    #[default]
    Pairs,
    /// Neighbours in the order of channels, and the last two alone, as old clients expect.
    Neighbours,
    /// None.
    Nothing,
}

impl Coupling {
    /// For every channel of the encoder, which FFmpeg orders as we do, the channel that it is fed with.
    ///
    /// FFmpeg pairs the fronts, then the rears (in front of them the sides, where there are some), and codes centre and low
    /// frequencies alone.
    pub(super) fn feed(self, channels: Channels) -> &'static [usize] {
        match (channels, self) {
            (Channels::Stereo, _) => &[0, 1],
            (Channels::Surround51, Self::Pairs | Self::Nothing) => &[0, 1, 2, 3, 4, 5],
            (Channels::Surround51, Self::Neighbours) => &[0, 1, 4, 5, 2, 3],
            (Channels::Surround71, Self::Pairs) => &[0, 1, 2, 3, 6, 7, 4, 5],
            (Channels::Surround71, Self::Neighbours) => &[0, 1, 6, 7, 4, 5, 2, 3],
            (Channels::Surround71, Self::Nothing) => &[0, 1, 2, 3, 4, 5, 6, 7],
        }
    }

    /// Streams, of which so many are pairs, and for every channel its place among what is decoded.
    #[must_use]
    pub fn mapping(self, channels: Channels) -> (u8, u8, &'static [u8]) {
        match (channels, self) {
            (Channels::Stereo, _) => (1, 1, &[0, 1]),
            (Channels::Surround51, Self::Pairs) => (4, 2, &[0, 1, 4, 5, 2, 3]),
            (Channels::Surround51, Self::Neighbours) => (4, 2, &[0, 1, 2, 3, 4, 5]),
            (Channels::Surround51, Self::Nothing) => (6, 0, &[0, 1, 2, 3, 4, 5]),
            (Channels::Surround71, Self::Pairs) => (5, 3, &[0, 1, 6, 7, 2, 3, 4, 5]),
            (Channels::Surround71, Self::Neighbours) => (5, 3, &[0, 1, 2, 3, 4, 5, 6, 7]),
            (Channels::Surround71, Self::Nothing) => (8, 0, &[0, 1, 2, 3, 4, 5, 6, 7]),
        }
    }
}

/// Writes the samples of `block` in other channels to `out`, which has room for as many samples of each. Low frequencies are
/// left out of fewer channels; channels that were not there are silent.
pub fn remix(block: &[f32], from: Channels, out: &mut [f32], to: Channels) {
    let (inputs, outputs) = (from.count(), to.count());
    for (sample, mixed) in block.chunks_exact(inputs).zip(out.chunks_exact_mut(outputs)) {
        mixed.fill(0.0);
        let kept = inputs.min(outputs);
        mixed[..kept].copy_from_slice(&sample[..kept]);
        if to == Channels::Stereo && from > to {
            for (side, rest) in mixed.iter_mut().zip([[4, 6], [5, 7]]) {
                *side += HALF_POWER * sample[2];
                *side += rest.iter().filter_map(|&at| sample.get(at)).map(|s| HALF_POWER * s).sum::<f32>();
            }
        } else if from > to {
            mixed[4] += HALF_POWER * sample[6];
            mixed[5] += HALF_POWER * sample[7];
        }
        mixed.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_channels_hear_all_but_the_low_frequencies() {
        let mut out = [0.0; 2];
        let one = |at: usize| std::array::from_fn::<f32, 8, _>(|n| if n == at { 0.5 } else { 0.0 });
        let heard = [(0.5, 0.0), (0.0, 0.5), (0.3535, 0.3535), (0.0, 0.0), (0.3535, 0.0), (0.0, 0.3535)];
        for (at, (left, right)) in heard.into_iter().chain([(0.3535, 0.0), (0.0, 0.3535)]).enumerate() {
            remix(&one(at), Channels::Surround71, &mut out, Channels::Stereo);
            assert!((out[0] - left).abs() < 1e-3 && (out[1] - right).abs() < 1e-3, "{at}: {out:?}");
        }
        let mut out = [9.0; 6];
        remix(&one(7), Channels::Surround71, &mut out, Channels::Surround51);
        assert!((out[5] - 0.3535).abs() < 1e-3 && out[4] == 0.0, "{out:?}");
    }

    #[test]
    fn channels_that_were_not_there_are_silent_and_nothing_is_too_loud() {
        let mut out = [9.0; 6];
        remix(&[0.25, -0.5], Channels::Stereo, &mut out, Channels::Surround51);
        assert_eq!(out, [0.25, -0.5, 0.0, 0.0, 0.0, 0.0]);
        let mut out = [9.0; 2];
        remix(&[1.0; 6], Channels::Surround51, &mut out, Channels::Stereo);
        assert_eq!(out, [1.0, 1.0]);
    }
}
