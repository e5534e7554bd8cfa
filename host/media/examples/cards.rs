//! Writes the test card and a status card into a folder, as `PPM` pictures:
//! `cargo run -p punktfunk-media --example cards -- FOLDER [WIDTH HEIGHT]`

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use punktfunk_media::testcard::{Stamp, TestCard, TestCardSpec};
use punktfunk_media::{Memory, Picture, StatusCard};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = PathBuf::from(arguments.first().ok_or("name a folder to write into")?);
    let side = |index: usize, default: u32| arguments.get(index).map_or(Ok(default), |side| side.parse());
    let (width, height) = (side(1, 1280)?, side(2, 720)?);

    let label = Some("Living Room".to_owned());
    let mut card = TestCard::new(&TestCardSpec { width, height, refresh_hz: 60, label });
    let stamp = Stamp { frame: 1234, clock_ns: 1_700_000_000_123_456_789 };
    fs::write(folder.join("testcard.ppm"), ppm(&card.draw(stamp)))?;

    let sentences = [
        "Plug in a display or an HDMI dummy; the picture comes back by itself.",
        "Looked at: HDMI-A-1 (disconnected), DP-1 (disconnected).",
    ];
    let status = StatusCard::new(width, height, "No display connected", &sentences);
    fs::write(folder.join("status.ppm"), ppm(&status.picture(0)))?;
    Ok(())
}

fn ppm(picture: &Picture<'_>) -> Vec<u8> {
    let mut out = format!("P6 {} {} 255\n", picture.width, picture.height).into_bytes();
    if let Memory::Mapped { data, .. } = picture.memory {
        out.extend(data.as_chunks::<4>().0.iter().flat_map(|[blue, green, red, _]| [*red, *green, *blue]));
    }
    out
}
