//! Binary PPM files (`P6`, 8 bits a channel).

use std::path::Path;

use crate::picture::Picture;

/// Reads a picture.
pub(crate) fn read(path: &Path) -> Result<Picture, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    parse(&bytes).ok_or_else(|| format!("{} is not a binary PPM with 8 bits a channel", path.display()))
}

/// Writes a picture.
pub(crate) fn write(path: &Path, picture: &Picture) -> Result<(), String> {
    let mut bytes = format!("P6\n{} {}\n255\n", picture.width, picture.height).into_bytes();
    bytes.extend(
        picture.bytes.as_chunks::<4>().0.iter().flat_map(|&[blue, green, red, _]| [red, green, blue]),
    );
    std::fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn parse(bytes: &[u8]) -> Option<Picture> {
    let mut rest = bytes.strip_prefix(b"P6")?;
    let mut number = || {
        loop {
            match rest.first()? {
                b'#' => rest = &rest[rest.iter().position(|&byte| byte == b'\n')?..],
                byte if byte.is_ascii_whitespace() => rest = &rest[1..],
                _ => break,
            }
        }
        let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
        let number: usize = std::str::from_utf8(&rest[..end]).ok()?.parse().ok()?;
        rest = &rest[end..];
        Some(number)
    };
    let (width, height, most) = (number()?, number()?, number()?);
    let pixels = rest.get(1..)?;
    let length = width.checked_mul(height)?.checked_mul(3)?;
    let bytes =
        || pixels.as_chunks::<3>().0.iter().flat_map(|&[red, green, blue]| [blue, green, red, 255]).collect();
    (most == 255 && length > 0 && pixels.len() == length).then(|| Picture { width, height, bytes: bytes() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_any_white_space_are_allowed() {
        let picture = parse(b"P6 # made by hand\n2\t1\n255\n\x01\x02\x03\x04\x05\x06").expect("a picture");
        assert_eq!((picture.width, picture.height, picture.bytes), (2, 1, vec![3, 2, 1, 255, 6, 5, 4, 255]));
    }

    #[test]
    fn anything_else_is_refused() {
        let wrong: [&[u8]; 6] = [
            b"",
            b"P5\n1 1\n255\nabc",
            b"P6\n1 1\n255\nab",
            b"P6\n1 1\n65535\nabc",
            b"P6\n0 0\n255\n",
            b"P6\n# 1 1",
        ];
        for bytes in wrong {
            assert!(parse(bytes).is_none(), "{}", bytes.escape_ascii());
        }
    }
}
