//! Aspect-fit placing.

/// A rectangle inside a picture, in pixels, with even position and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rect {
    /// Pixels from the left edge.
    pub x: u32,
    /// Pixels from the top edge.
    pub y: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Rect {
    /// The same place on a chroma plane.
    pub(super) fn halved(self) -> Self {
        Self { x: self.x / 2, y: self.y / 2, width: self.width / 2, height: self.height / 2 }
    }
}

/// Where a picture of `width`×`height` goes inside a frame of `outer_width`×`outer_height`: as large as it fits,
/// centred, its shape kept to the nearest even pixel, so that it lies on whole chroma samples.
pub fn fit(width: u32, height: u32, outer_width: u32, outer_height: u32) -> Rect {
    let (w, h) = (u64::from(width.max(1)), u64::from(height.max(1)));
    let (outer_w, outer_h) = (u64::from(outer_width), u64::from(outer_height));
    let (inner_w, inner_h) = if w * outer_h >= h * outer_w {
        (outer_w, nearest_even(h * outer_w, w).min(outer_h))
    } else {
        (nearest_even(w * outer_h, h).min(outer_w), outer_h)
    };
    let (inner_w, inner_h) = (inner_w as u32 & !1, inner_h as u32 & !1);
    Rect {
        x: ((outer_width - inner_w) / 2) & !1,
        y: ((outer_height - inner_h) / 2) & !1,
        width: inner_w,
        height: inner_h,
    }
}

/// The even number nearest to `numerator / denominator`, at least 2.
fn nearest_even(numerator: u64, denominator: u64) -> u64 {
    ((numerator + denominator) / (2 * denominator) * 2).max(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rect(x: u32, y: u32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    #[test]
    fn a_picture_of_the_same_shape_fills_the_frame() {
        assert_eq!(fit(1920, 1080, 1280, 720), rect(0, 0, 1280, 720));
        assert_eq!(fit(1366, 768, 1280, 720), rect(0, 0, 1280, 720));
    }

    #[test]
    fn a_narrow_picture_gets_bars_left_and_right() {
        assert_eq!(fit(1024, 768, 1280, 720), rect(160, 0, 960, 720));
    }

    #[test]
    fn a_wide_picture_gets_bars_above_and_below() {
        assert_eq!(fit(2560, 1080, 1280, 720), rect(0, 90, 1280, 540));
    }

    proptest! {
        #[test]
        fn the_place_is_even_inside_and_touches_two_sides(
            w in 1u32..16_385, h in 1u32..16_385, ow in 32u32..4097, oh in 32u32..4097,
        ) {
            let (ow, oh) = (ow * 2, oh * 2);
            let place = fit(w, h, ow, oh);
            prop_assert!(place.x + place.width <= ow && place.y + place.height <= oh);
            prop_assert!([place.x, place.y, place.width, place.height].iter().all(|side| side % 2 == 0));
            prop_assert!(place.width >= 2 && place.height >= 2);
            prop_assert!(place.width == ow || place.height == oh);
        }
    }
}
