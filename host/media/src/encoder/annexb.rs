//! H.264 byte streams (Annex B of the standard).

/// Coded slice of an IDR picture.
pub(crate) const NAL_IDR: u8 = 5;
/// Sequence parameter set.
#[cfg(test)]
pub(crate) const NAL_SPS: u8 = 7;
/// Picture parameter set.
#[cfg(test)]
pub(crate) const NAL_PPS: u8 = 8;

/// The type of every NAL unit in `au`, in order.
pub(crate) fn nal_types(au: &[u8]) -> impl Iterator<Item = u8> + '_ {
    StartCodes { au, from: 0 }.filter_map(|(_, after)| au.get(after).map(|header| header & 0x1F))
}

/// Appends `au` to `out` with every start code written with four bytes, as punktfunk/1 §4.11 wants. Encoders write the
/// short form between the slices of one picture.
pub(crate) fn lengthen_start_codes(au: &[u8], out: &mut Vec<u8>) {
    let mut copied = 0;
    for (start, after) in (StartCodes { au, from: 0 }) {
        out.extend_from_slice(&au[copied..start]);
        out.extend_from_slice(&[0, 0, 0, 1]);
        copied = after;
    }
    out.extend_from_slice(&au[copied..]);
}

/// Start and end of every start code, long or short.
struct StartCodes<'a> {
    au: &'a [u8],
    from: usize,
}

impl Iterator for StartCodes<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        let au = self.au;
        let mut at = self.from + 2;
        while let Some(&last) = au.get(at) {
            match last {
                1 if au[at - 1] == 0 && au[at - 2] == 0 => {
                    let mut start = at - 2;
                    if start > self.from && au[start - 1] == 0 {
                        start -= 1;
                    }
                    self.from = at + 1;
                    return Some((start, at + 1));
                }
                0 => at += 1,
                _ => at += 3,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_start_codes_become_long_ones() {
        let mut out = Vec::new();
        lengthen_start_codes(&[0, 0, 0, 1, 0x67, 9, 0, 0, 1, 0x65, 7, 0, 0, 1, 0x65, 0], &mut out);
        assert_eq!(out, [0, 0, 0, 1, 0x67, 9, 0, 0, 0, 1, 0x65, 7, 0, 0, 0, 1, 0x65, 0]);
        assert_eq!(nal_types(&out).collect::<Vec<_>>(), [7, 5, 5]);
    }

    #[test]
    fn bytes_without_start_codes_stay_as_they_are() {
        for au in [&[][..], &[1], &[0, 1], &[0, 0, 2, 0, 0, 3, 1, 0, 0]] {
            let mut out = Vec::new();
            lengthen_start_codes(au, &mut out);
            assert_eq!(out, au);
            assert_eq!(nal_types(au).count(), 0);
        }
    }

    proptest::proptest! {
        #[test]
        fn lengthening_twice_changes_nothing_more(au in proptest::collection::vec(0u8..3, 0..64)) {
            let (mut once, mut twice) = (Vec::new(), Vec::new());
            lengthen_start_codes(&au, &mut once);
            lengthen_start_codes(&once, &mut twice);
            proptest::prop_assert_eq!(&once, &twice);
            proptest::prop_assert_eq!(nal_types(&au).count(), nal_types(&once).count());
        }
    }
}
