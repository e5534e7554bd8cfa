//! Who made a monitor, from the identification data that it sends.

/// The monitor's identity: `MAKER-PRODUCT-SERIAL`, followed by its name where it tells one, for example
/// `DEL-A0C4-3030304C DELL U2415`. `None` when the data is no EDID.
pub(super) fn identity(edid: &[u8]) -> Option<String> {
    let base = edid.get(..128)?;
    if base[..8] != [0, 255, 255, 255, 255, 255, 255, 0] {
        return None;
    }
    let maker = u16::from_be_bytes([base[8], base[9]]);
    let letter = |shift: u16| match (maker >> shift) & 31 {
        code @ 1..=26 => char::from(b'@' + code.to_le_bytes()[0]),
        _ => '?',
    };
    let product = u16::from_le_bytes([base[10], base[11]]);
    let serial = u32::from_le_bytes([base[12], base[13], base[14], base[15]]);
    let mut identity = format!("{}{}{}-{product:04X}-{serial:08X}", letter(10), letter(5), letter(0));
    if let Some(name) = name(base) {
        identity.push(' ');
        identity.push_str(&name);
    }
    Some(identity)
}

/// The text of the display name descriptor, printable ASCII only.
fn name(base: &[u8]) -> Option<String> {
    let descriptor = base[54..126].chunks_exact(18).find(|block| block[..5] == [0, 0, 0, 0xFC, 0])?;
    let text: String =
        descriptor[5..].iter().take_while(|&&byte| byte != b'\n').copied().map(char::from).collect();
    let text: String = text.chars().filter(|letter| (' '..='~').contains(letter)).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(name: &[u8]) -> Vec<u8> {
        let mut edid = vec![0; 128];
        edid[..8].copy_from_slice(&[0, 255, 255, 255, 255, 255, 255, 0]);
        edid[8..10].copy_from_slice(&0x10ACu16.to_be_bytes());
        edid[10..12].copy_from_slice(&0xA0C4u16.to_le_bytes());
        edid[12..16].copy_from_slice(&0x3030_304Cu32.to_le_bytes());
        edid[72..77].copy_from_slice(&[0, 0, 0, 0xFC, 0]);
        edid[77..77 + name.len()].copy_from_slice(name);
        edid
    }

    #[test]
    fn a_monitor_is_named_by_maker_product_serial_and_name() {
        assert_eq!(identity(&sample(b"DELL U2415\n  ")).as_deref(), Some("DEL-A0C4-3030304C DELL U2415"));
    }

    #[test]
    fn a_name_that_lies_loses_what_cannot_be_printed() {
        assert_eq!(identity(&sample(b"A\x1b[2J\x07B\n")).as_deref(), Some("DEL-A0C4-3030304C A[2JB"));
    }

    proptest! {
        #[test]
        fn any_bytes_make_no_panic_and_no_control_characters(mut bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            for header in [false, true] {
                if header && bytes.len() >= 8 {
                    bytes[..8].copy_from_slice(&[0, 255, 255, 255, 255, 255, 255, 0]);
                }
                if let Some(identity) = identity(&bytes) {
                    prop_assert!(identity.len() <= 32 && !identity.chars().any(char::is_control));
                }
            }
        }
    }
}
