//! How alike two pictures are.

use crate::convert::to_i420;
use crate::picture::{Picture, PictureError};

/// Peak signal-to-noise ratio in dB over all samples of two equally large pictures, seen as 4:2:0. Infinite for
/// equal pictures; `None` when their sizes differ.
///
/// # Errors
/// A picture that cannot be read.
pub fn psnr(a: &Picture<'_>, b: &Picture<'_>) -> Result<Option<f64>, PictureError> {
    let (a, b) = (to_i420(a)?, to_i420(b)?);
    if a.size() != b.size() {
        return Ok(None);
    }
    let squares: u64 =
        a.samples().iter().zip(b.samples()).map(|(a, b)| u64::from(a.abs_diff(*b)).pow(2)).sum();
    let mean = squares as f64 / a.samples().len() as f64;
    Ok(Some(10.0 * (255.0 * 255.0 / mean).log10()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Memory, PixelFormat};

    fn grey(level: u8) -> Vec<u8> {
        vec![level; 64 * 64 * 4]
    }

    fn picture(width: u32, data: &[u8]) -> Picture<'_> {
        let memory = Memory::Mapped { format: PixelFormat::Bgrx, stride: width as usize * 4, data };
        Picture { width, height: 64, captured_at_ns: 0, memory }
    }

    #[test]
    fn equal_pictures_are_infinitely_alike_and_different_ones_are_not() {
        let (a, b) = (grey(100), grey(110));
        assert_eq!(psnr(&picture(64, &a), &picture(64, &a)).unwrap(), Some(f64::INFINITY));
        let ratio = psnr(&picture(64, &a), &picture(64, &b)).unwrap().unwrap();
        // luma differs by about 10 × 219/255, chroma not at all
        assert!((29.0..33.0).contains(&ratio), "{ratio}");
        assert_eq!(psnr(&picture(64, &a), &picture(32, &a)).unwrap(), None);
    }
}
