//! Plane-wise scaling.

use fast_image_resize::images::{TypedCroppedImage, TypedCroppedImageMut, TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use super::fit::Rect;
use super::planes::{I420Mut, PlaneMut};
use crate::picture::Plane;

/// Scales planes, keeping its work buffers.
#[derive(Debug, Default)]
pub(super) struct Scaler {
    resizer: Resizer,
}

impl Scaler {
    /// Scales an I420 picture of `width`×`height`, already checked, onto `place` in `target`.
    pub(super) fn scale(
        &mut self,
        width: u32,
        height: u32,
        [y, u, v]: [Plane<'_>; 3],
        target: &mut I420Mut<'_>,
        place: Rect,
    ) {
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let half = place.halved();
        self.plane(y, width, height, &mut target.y, place);
        self.plane(u, half_width, half_height, &mut target.u, half);
        self.plane(v, half_width, half_height, &mut target.v, half);
    }

    fn plane(&mut self, from: Plane<'_>, width: u32, height: u32, to: &mut PlaneMut<'_>, place: Rect) {
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
        // the library knows no row padding: a plane is a cut-out of an image as wide as its stride
        let views = TypedImageRef::<U8>::from_buffer(from.stride as u32, height, from.data)
            .ok()
            .and_then(|padded| TypedCroppedImage::new(padded, 0, 0, width, height).ok())
            .zip(TypedImage::<U8>::from_buffer(to.stride as u32, to.height, to.data).ok().and_then(
                |padded| {
                    let Rect { x, y, width, height } = place;
                    TypedCroppedImageMut::new(padded, x, y, width, height).ok()
                },
            ));
        let scaled =
            views.and_then(|(from, mut to)| self.resizer.resize_typed(&from, &mut to, &options).ok());
        debug_assert!(scaled.is_some(), "sizes were checked before");
    }
}
