//! Writable I420 planes, borrowed or owned.

use crate::picture::{Picture, Plane};

/// One writable plane.
#[derive(Debug)]
pub struct PlaneMut<'a> {
    /// Samples a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from one row to the next.
    pub stride: usize,
    /// At least `stride × height` bytes.
    pub data: &'a mut [u8],
}

impl PlaneMut<'_> {
    /// Overwrites the plane with the top left of `from`, which is no smaller.
    pub(super) fn copy_from(&mut self, from: Plane<'_>) {
        let width = self.width as usize;
        let rows = self.data.chunks_mut(self.stride).zip(from.data.chunks(from.stride));
        for (to, from) in rows.take(self.height as usize) {
            to[..width].copy_from_slice(&from[..width]);
        }
    }
}

/// A writable 4:2:0 picture with even sides.
#[derive(Debug)]
pub struct I420Mut<'a> {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Luma.
    pub y: PlaneMut<'a>,
    /// Blue difference.
    pub u: PlaneMut<'a>,
    /// Red difference.
    pub v: PlaneMut<'a>,
}

impl<'a> I420Mut<'a> {
    /// Puts three planes together.
    ///
    /// # Panics
    /// When a side is odd or a plane is too short: the caller made them.
    pub fn new(width: u32, height: u32, planes: [(usize, &'a mut [u8]); 3]) -> Self {
        assert!(width.is_multiple_of(2) && height.is_multiple_of(2), "4:2:0 planes have even sides");
        let [y, u, v] = planes;
        let plane = |(stride, data): (usize, &'a mut [u8]), width: u32, height: u32| {
            assert!(stride >= width as usize && data.len() >= stride * height as usize);
            PlaneMut { width, height, stride, data }
        };
        Self {
            width,
            height,
            y: plane(y, width, height),
            u: plane(u, width / 2, height / 2),
            v: plane(v, width / 2, height / 2),
        }
    }

    /// Paints everything, padding included, in one colour.
    pub(super) fn fill(&mut self, luma: u8, chroma: u8) {
        self.y.data.fill(luma);
        self.u.data.fill(chroma);
        self.v.data.fill(chroma);
    }

    /// Takes the chroma planes out of interleaved pairs.
    pub(super) fn deinterleave_chroma(&mut self, uv: Plane<'_>) {
        let width = self.u.width as usize;
        let targets = self.u.data.chunks_mut(self.u.stride).zip(self.v.data.chunks_mut(self.v.stride));
        let rows = targets.zip(uv.data.chunks(uv.stride)).take(self.u.height as usize);
        for ((u, v), uv) in rows {
            let pairs = uv.as_chunks::<2>().0;
            for ((u, v), [blue, red]) in u[..width].iter_mut().zip(&mut v[..width]).zip(pairs) {
                *u = *blue;
                *v = *red;
            }
        }
    }
}

/// An owned I420 picture without padding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct I420Buffer {
    width: u32,
    height: u32,
    data: Vec<u8>,
}

impl I420Buffer {
    /// A black picture with even sides.
    ///
    /// # Panics
    /// When a side is odd.
    pub fn new(width: u32, height: u32) -> Self {
        let mut buffer = Self::default();
        buffer.resize(width, height);
        buffer.as_mut().fill(super::BLACK_LUMA, super::NEUTRAL_CHROMA);
        buffer
    }

    /// Makes room for a picture with even sides; contents are unspecified afterwards.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        (self.width, self.height) = (width, height);
        self.data.resize(width as usize * height as usize * 3 / 2, 0);
    }

    /// Views the picture for writing.
    pub fn as_mut(&mut self) -> I420Mut<'_> {
        let (width, luma) = (self.width as usize, self.width as usize * self.height as usize);
        let (y, chroma) = self.data.split_at_mut(luma);
        let (u, v) = chroma.split_at_mut(luma / 4);
        I420Mut::new(self.width, self.height, [(width, y), (width / 2, u), (width / 2, v)])
    }

    /// Luma, blue difference, red difference.
    pub fn planes(&self) -> [Plane<'_>; 3] {
        let (width, luma) = (self.width as usize, self.width as usize * self.height as usize);
        let (y, chroma) = self.data.split_at(luma);
        let (u, v) = chroma.split_at(luma / 4);
        let plane = |stride, data| Plane { stride, data };
        [plane(width, y), plane(width / 2, u), plane(width / 2, v)]
    }

    /// All samples, plane after plane.
    pub fn samples(&self) -> &[u8] {
        &self.data
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Views the picture as one that was taken at `captured_at_ns`.
    pub fn picture(&self, captured_at_ns: u64) -> Picture<'_> {
        super::i420_picture(self.width, self.height, captured_at_ns, self.planes())
    }
}
