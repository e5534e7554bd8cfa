//! The field GF(2^8) with the polynomial x^8+x^4+x^3+x^2+1 and the generator 2 (GameStream §5.5).

/// The polynomial without its highest bit.
const POLYNOMIAL: u8 = 0x1d;

/// The product of two elements.
pub(crate) const fn multiply(one: u8, other: u8) -> u8 {
    let (mut product, mut shifted, mut rest) = (0, one, other);
    while rest != 0 {
        if rest & 1 != 0 {
            product ^= shifted;
        }
        shifted = (shifted << 1) ^ if shifted & 0x80 != 0 { POLYNOMIAL } else { 0 };
        rest >>= 1;
    }
    product
}

/// 1 / `element`; 0 for 0, which has none.
pub(crate) const fn inverse(element: u8) -> u8 {
    INVERSES[element as usize]
}

/// The products of one factor with every byte, as its two halves: `low[b & 15] ^ high[b >> 4]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(32))]
pub(crate) struct Products {
    pub(crate) low: [u8; 16],
    pub(crate) high: [u8; 16],
}

/// [`Products`] of every factor.
pub(crate) static PRODUCTS: [Products; 256] = products();

const INVERSES: [u8; 256] = inverses();

const fn inverses() -> [u8; 256] {
    // 2 generates the whole group: 2^n and 2^(255-n) undo each other
    let mut powers = [1_u8; 256];
    let mut n = 1;
    while n < 256 {
        powers[n] = multiply(powers[n - 1], 2);
        n += 1;
    }
    let mut inverses = [0; 256];
    let mut n = 0;
    while n < 255 {
        inverses[powers[n] as usize] = powers[255 - n];
        n += 1;
    }
    inverses
}

const fn products() -> [Products; 256] {
    let mut all = [Products { low: [0; 16], high: [0; 16] }; 256];
    let mut factor = 0;
    while factor < 256 {
        let mut n = 0;
        while n < 16 {
            all[factor].low[n] = multiply(factor as u8, n as u8);
            all[factor].high[n] = multiply(factor as u8, (n as u8) << 4);
            n += 1;
        }
        factor += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_the_one_of_the_protocol() {
        assert_eq!(multiply(2, 0x80), 0x1d);
        assert_eq!((inverse(2), inverse(3)), (0x8e, 0xf4));
    }

    #[test]
    fn every_element_but_zero_has_an_inverse() {
        for element in 1..=255 {
            assert_eq!(multiply(element, inverse(element)), 1, "{element}");
        }
    }

    #[test]
    fn both_halves_of_a_byte_make_its_product() {
        for factor in 0..=255_u8 {
            for byte in 0..=255_u8 {
                let Products { low, high } = PRODUCTS[usize::from(factor)];
                let product = low[usize::from(byte & 15)] ^ high[usize::from(byte >> 4)];
                assert_eq!(product, multiply(factor, byte));
            }
        }
    }
}
