//! Listening to what was decoded: how loud it is, and whether a tone is in it.

use std::f64::consts::TAU;

/// The amplitude of one frequency in samples of one channel, 0 to 1: Goertzel's way of looking for a single one.
#[must_use]
pub fn tone_level(samples: impl IntoIterator<Item = f32>, rate: u32, hz: f64) -> f64 {
    let turn = 2.0 * (TAU * hz / f64::from(rate)).cos();
    let (mut before, mut last, mut count) = (0.0, 0.0, 0_u32);
    for sample in samples {
        (before, last) = (last, f64::from(sample) + turn * last - before);
        count += 1;
    }
    let power = before * before + last * last - turn * before * last;
    if count == 0 { 0.0 } else { 2.0 * power.max(0.0).sqrt() / f64::from(count) }
}

/// The root of the mean square of samples, 0 to 1.
#[must_use]
pub fn loudness(samples: impl IntoIterator<Item = f32>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u32);
    for sample in samples {
        sum += f64::from(sample) * f64::from(sample);
        count += 1;
    }
    if count == 0 { 0.0 } else { (sum / f64::from(count)).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wave(hz: f64, level: f64) -> impl Iterator<Item = f32> {
        (0..48_000).map(move |n| (level * (TAU * hz * f64::from(n) / 48_000.0).sin()) as f32)
    }

    #[test]
    fn a_tone_is_heard_at_its_frequency_and_at_no_other() {
        assert!((tone_level(wave(440.0, 0.25), 48_000, 440.0) - 0.25).abs() < 1e-3);
        for other in [220.0, 430.0, 450.0, 660.0, 880.0] {
            assert!(tone_level(wave(440.0, 0.25), 48_000, other) < 1e-3, "{other}");
        }
        assert!((loudness(wave(440.0, 0.5)) - 0.3535).abs() < 1e-3);
    }

    #[test]
    fn nothing_is_silent() {
        assert_eq!((tone_level([], 48_000, 440.0), loudness([])), (0.0, 0.0));
        assert_eq!((tone_level([0.0; 480], 48_000, 440.0), loudness([0.0; 480])), (0.0, 0.0));
    }
}
