//! What clients need at the start of a key frame: parameter sets and the first slice within the first packet (GameStream §5.4).

use crate::house::Codec;

fn is_supplement(codec: Codec, header: u8) -> bool {
    match codec {
        Codec::H264 => header & 0x1f == 6,
        Codec::Hevc => matches!(header >> 1 & 0x3f, 39 | 40),
    }
}

fn is_slice(codec: Codec, header: u8) -> bool {
    match codec {
        Codec::H264 => matches!(header & 0x1f, 1..=5),
        Codec::Hevc => header >> 1 & 0x3f < 32,
    }
}

/// The parts of an access unit that are to be sent: encoders describe their settings in supplemental units, which would
/// push the first slice out of the first packet, and then the client waits for a key frame for ever.
pub(crate) fn without_settings(codec: Codec, unit: &[u8]) -> Vec<&[u8]> {
    let (mut parts, mut kept_from, mut at) = (Vec::new(), 0, 0);
    while let Some(start) = next_start(unit, at) {
        let Some(&header) = unit.get(start.payload) else { break };
        if is_supplement(codec, header) {
            let end = next_start(unit, start.payload).map_or(unit.len(), |next| next.code);
            parts.push(&unit[kept_from..start.code]);
            kept_from = end;
        } else if is_slice(codec, header) {
            break;
        }
        at = start.payload;
    }
    parts.push(&unit[kept_from..]);
    parts.retain(|part| !part.is_empty());
    parts
}

struct Start {
    /// Where the start code begins, its leading zero included.
    code: usize,
    /// Where the NAL unit's header is.
    payload: usize,
}

fn next_start(unit: &[u8], from: usize) -> Option<Start> {
    let at = unit.get(from..)?.windows(3).position(|window| window == [0, 0, 1])? + from;
    let code = if at > from && unit[at - 1] == 0 { at - 1 } else { at };
    Some(Start { code, payload: at + 3 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(nals: &[&[u8]]) -> Vec<u8> {
        nals.iter().flat_map(|nal| [&[0, 0, 0, 1], *nal].concat()).collect()
    }

    #[test]
    fn settings_in_front_of_the_first_slice_are_taken_out_and_nothing_else() {
        let (sps, pps, sei, idr) =
            (&[0x67, 1, 2][..], &[0x68, 3][..], &[0x06, 9, 9, 9][..], &[0x65, 4, 5][..]);
        let kept = without_settings(Codec::H264, &unit(&[sps, pps, sei, idr, sei])).concat();
        assert_eq!(kept, unit(&[sps, pps, idr, sei]));
        let kept = without_settings(Codec::H264, &unit(&[sei, sps, sei, sei, pps, idr])).concat();
        assert_eq!(kept, unit(&[sps, pps, idr]));
    }

    #[test]
    fn the_parameter_sets_of_hevc_stay() {
        let (vps, sps, pps) = (&[0x40, 1, 1][..], &[0x42, 1, 2][..], &[0x44, 1, 3][..]);
        let (sei, idr) = (&[0x4e, 1, 7, 7][..], &[0x26, 1, 8][..]);
        assert_eq!(
            without_settings(Codec::Hevc, &unit(&[vps, sps, pps, sei, idr])).concat(),
            unit(&[vps, sps, pps, idr])
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_longer(bytes in proptest::collection::vec(0_u8..8, 0..200)) {
            for codec in [Codec::H264, Codec::Hevc] {
                prop_assert!(without_settings(codec, &bytes).concat().len() <= bytes.len());
            }
        }
    }
}
