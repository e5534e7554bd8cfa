use super::*;

/// A picture of one colour, given as the bytes of a pixel.
struct Flat {
    width: u32,
    height: u32,
    data: Vec<u8>,
}

impl Flat {
    fn new(width: u32, height: u32, pixel: [u8; 4]) -> Self {
        Self { width, height, data: pixel.repeat((width * height) as usize) }
    }

    fn picture(&self, format: PixelFormat) -> Picture<'_> {
        let memory = Memory::Mapped { format, stride: self.width as usize * 4, data: &self.data };
        Picture { width: self.width, height: self.height, captured_at_ns: 0, memory }
    }
}

fn converted(picture: &Picture<'_>, width: u32, height: u32) -> I420Buffer {
    let mut out = I420Buffer::new(width, height);
    Converter::new().convert(picture, &mut out.as_mut()).unwrap();
    out
}

/// Luma and both chroma values at a pixel.
fn sample(picture: &I420Buffer, x: usize, y: usize) -> [u8; 3] {
    let [luma, u, v] = picture.planes();
    let at = |plane: Plane<'_>, x: usize, y: usize| plane.data[y * plane.stride + x];
    [at(luma, x, y), at(u, x / 2, y / 2), at(v, x / 2, y / 2)]
}

fn assert_close(got: [u8; 3], wanted: [u8; 3], what: &str) {
    assert!(got.iter().zip(&wanted).all(|(a, b)| a.abs_diff(*b) <= 1), "{what}: {got:?}, wanted {wanted:?}");
}

/// Colour, its `Bgrx` pixel, and its BT.709 limited-range value computed by the standard's formula.
const COLOURS: [(&str, [u8; 4], [u8; 3]); 7] = [
    ("black", [0, 0, 0, 0], [16, 128, 128]),
    ("white", [255, 255, 255, 0], [235, 128, 128]),
    ("grey", [128, 128, 128, 0], [126, 128, 128]),
    ("red", [0, 0, 255, 0], [63, 102, 240]),
    ("green", [0, 255, 0, 0], [173, 42, 26]),
    ("blue", [255, 0, 0, 0], [32, 240, 118]),
    ("yellow", [0, 255, 255, 0], [219, 16, 138]),
];

#[test]
fn pure_colours_become_their_bt709_values() {
    for (name, pixel, wanted) in COLOURS {
        let flat = Flat::new(70, 34, pixel);
        let out = converted(&flat.picture(PixelFormat::Bgrx), 70, 34);
        for (x, y) in [(0, 0), (35, 17), (69, 33)] {
            assert_close(sample(&out, x, y), wanted, name);
        }
    }
}

#[test]
fn every_packed_format_gives_the_same_colours() {
    for (name, [b, g, r, x], wanted) in COLOURS {
        let wide = u32::from(b) << 2 | u32::from(g) << 12 | u32::from(r) << 22;
        for (format, pixel) in [
            (PixelFormat::Bgra, [b, g, r, x]),
            (PixelFormat::Rgbx, [r, g, b, x]),
            (PixelFormat::Rgba, [r, g, b, x]),
            (PixelFormat::Xrgb2101010, wide.to_le_bytes()),
        ] {
            let out = converted(&Flat::new(64, 64, pixel).picture(format), 64, 64);
            assert_close(sample(&out, 31, 31), wanted, &format!("{name} as {format:?}"));
        }
    }
}

#[test]
fn rows_with_padding_are_read_without_it() {
    let stride = 80 * 4;
    let mut data = vec![0xFF; stride * 64];
    for row in data.chunks_exact_mut(stride) {
        row[..64 * 4].copy_from_slice(&[0, 0, 255, 0].repeat(64));
    }
    let memory = Memory::Mapped { format: PixelFormat::Bgrx, stride, data: &data };
    let picture = Picture { width: 64, height: 64, captured_at_ns: 0, memory };
    for size in [(64, 64), (128, 128)] {
        let out = converted(&picture, size.0, size.1);
        assert_close(sample(&out, size.0 as usize - 1, 20), [63, 102, 240], "right edge");
    }
}

#[test]
fn both_yuv_layouts_come_through_unchanged() {
    let (y, u, v) = ((0..64 * 64).map(|i| i as u8).collect::<Vec<_>>(), vec![77; 1024], vec![99; 1024]);
    let uv = [77, 99].repeat(1024);
    let plane = |stride, data| Plane { stride, data };
    let luma = plane(64, &y[..]);
    for yuv in
        [Yuv::I420 { y: luma, u: plane(32, &u), v: plane(32, &v) }, Yuv::Nv12 { y: luma, uv: plane(64, &uv) }]
    {
        let picture = Picture { width: 64, height: 64, captured_at_ns: 0, memory: Memory::Yuv(yuv) };
        let out = converted(&picture, 64, 64);
        assert_eq!(out.samples(), [&y[..], &u, &v].concat());
        let larger = converted(&picture, 128, 128);
        assert_eq!(sample(&larger, 64, 64)[1..], [77, 99]);
    }
}

#[test]
fn a_narrow_picture_stands_between_black_bars() {
    let flat = Flat::new(128, 128, [0, 0, 255, 0]);
    let out = converted(&flat.picture(PixelFormat::Bgrx), 256, 128);
    for (x, wanted) in [
        (0, [16, 128, 128]),
        (62, [16, 128, 128]),
        (64, [63, 102, 240]),
        (190, [63, 102, 240]),
        (193, [16, 128, 128]),
    ] {
        assert_close(sample(&out, x, 64), wanted, &format!("column {x}"));
    }
}

#[test]
fn bars_of_one_shape_do_not_outlive_it() {
    let (wide, tall) = (Flat::new(256, 64, [255; 4]), Flat::new(64, 256, [255; 4]));
    let (mut converter, mut out) = (Converter::new(), I420Buffer::new(128, 128));
    for (flat, white, black) in
        [(&wide, (2, 64), (64, 2)), (&tall, (64, 2), (2, 64)), (&wide, (2, 64), (64, 2))]
    {
        converter.convert(&flat.picture(PixelFormat::Bgrx), &mut out.as_mut()).unwrap();
        assert_close(sample(&out, white.0, white.1), [235, 128, 128], "inside");
        assert_close(sample(&out, black.0, black.1), [16, 128, 128], "bar");
    }
}

#[test]
fn an_odd_screen_in_an_even_stream_is_cropped_and_stays_sharp() {
    let mut data = Vec::new();
    for _ in 0..65 {
        data.extend((0..67u32).flat_map(|x| if x % 2 == 0 { [255; 4] } else { [0; 4] }));
    }
    let memory = Memory::Mapped { format: PixelFormat::Bgrx, stride: 67 * 4, data: &data };
    let out = converted(&Picture { width: 67, height: 65, captured_at_ns: 0, memory }, 66, 64);
    let columns: Vec<u8> = (0..66).map(|x| sample(&out, x, 32)[0]).collect();
    assert!(
        columns.iter().enumerate().all(|(x, luma)| luma.abs_diff(if x % 2 == 0 { 235 } else { 16 }) <= 1)
    );
}

#[test]
fn gpu_memory_is_refused_with_the_remedy() {
    let buffer = crate::DmaBuf { fourcc: 0, modifier: 0, planes: [None; 4] };
    let picture = Picture { width: 64, height: 64, captured_at_ns: 0, memory: Memory::DmaBuf(buffer) };
    let error = to_i420(&picture).unwrap_err();
    assert_eq!(error, PictureError::NotMapped);
    assert!(error.to_string().contains("ask the source"));
}

#[test]
fn the_narrowest_pictures_are_scaled_or_refused_but_never_panic() {
    for (width, height) in [(1, 1), (1, 500), (500, 1), (2, 2), (3, 1000), (5, 5)] {
        let flat = Flat::new(width, height, [255; 4]);
        let mut out = I420Buffer::new(128, 72);
        let result = Converter::new().convert(&flat.picture(PixelFormat::Bgrx), &mut out.as_mut());
        assert_eq!(result.is_ok(), width > 1 && height > 1, "{width}x{height}");
    }
}

const FORMATS: [PixelFormat; 5] =
    [PixelFormat::Bgrx, PixelFormat::Bgra, PixelFormat::Rgbx, PixelFormat::Rgba, PixelFormat::Xrgb2101010];

proptest::proptest! {
    #[test]
    fn any_shape_of_picture_fits_into_any_stream(
        width in 2u32..80, height in 2u32..80, padding in 0usize..9, format in 0..7usize,
        outer_width in 8u32..50, outer_height in 8u32..50,
    ) {
        let (w, h) = (width as usize, height as usize);
        let (half_w, half_h) = (w.div_ceil(2), h.div_ceil(2));
        let data = vec![200; (w + padding) * 4 * h];
        let plane = |row: usize, rows: usize| Plane { stride: row + padding, data: &data[..(row + padding) * rows] };
        let memory = match format {
            5 => Memory::Yuv(Yuv::I420 { y: plane(w, h), u: plane(half_w, half_h), v: plane(half_w, half_h) }),
            6 => Memory::Yuv(Yuv::Nv12 { y: plane(w, h), uv: plane(half_w * 2, half_h) }),
            packed => Memory::Mapped { format: FORMATS[packed], stride: (w + padding) * 4, data: &data },
        };
        let picture = Picture { width, height, captured_at_ns: 0, memory };
        let out = converted(&picture, outer_width * 2, outer_height * 2);
        let place = fit(width, height, outer_width * 2, outer_height * 2);
        let (x, y) = (place.x + place.width / 2, place.y + place.height / 2);
        let middle = sample(&out, x as usize, y as usize)[0];
        // bytes of 200 are a light grey in every layout, even when their ten-bit fields straddle bytes
        proptest::prop_assert!(middle > 100, "{}", middle);
    }
}
