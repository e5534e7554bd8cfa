//! The same parity with fewer products: packets in fours.
//!
//! A factor of the code is 1 / (row ⊕ place), where the place of a data packet is its column plus the number of rows. Take
//! four places that differ in their lowest two bits only, and four rows likewise. What the places add to the rows is then
//! N(row) / s(row ⊕ place). The polynomial s(x) = x(x+1)(x+2)(x+3) is additive and ignores those two bits, so that it is
//! the same for all sixteen pairs; N is the polynomial of degree 3 through the four packets, times 1·2·3. So a block of
//! sixteen products comes to one *factor*, times the polynomial through the places, at the rows. Polynomials add up: places
//! are folded into coefficients once, all rows use these with a factor for each block, and the sums are unfolded once.
//!
//! The coefficients a, b, c, d stand for (a + b·x) + (c + d·x) · (x²+x)/6, where 6 is 2²+2. (x²+x)/6 is the same for both
//! members of a pair x, x+1 and differs by one between the pairs of four, so that folding takes four products for four
//! packets, and so does unfolding.

use super::field::{inverse, multiply};

/// Fours of elements: of the 256, those that differ in the lowest two bits only.
const FOURS: usize = 64;

/// The constants with which the polynomial through four places is found, or found again from its coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    /// (x²+x)/6 at the first pair.
    pub(crate) pair: u8,
    /// The first place.
    pub(crate) low: u8,
    /// The third place.
    pub(crate) high: u8,
}

impl Turn {
    /// Of the four that `first`, a multiple of four, begins.
    pub(crate) fn at(first: usize) -> Self {
        TURNS[first / 4]
    }
}

/// What the coefficients of four places count for in four rows; both by their first, multiples of four that differ.
pub(crate) fn factor(row: usize, place: usize) -> u8 {
    debug_assert!(row.is_multiple_of(4) && place.is_multiple_of(4) && row != place);
    FACTORS[(row ^ place) / 4]
}

static TURNS: [Turn; FOURS] = turns();
static FACTORS: [u8; FOURS] = factors();

const fn turns() -> [Turn; FOURS] {
    let mut turns = [Turn { pair: 0, low: 0, high: 0 }; FOURS];
    let per = inverse(multiply(2, 2) ^ 2);
    let mut n = 0;
    while n < FOURS {
        let x = (n * 4) as u8;
        turns[n] = Turn { pair: multiply(multiply(x, x) ^ x, per), low: x, high: x ^ 2 };
        n += 1;
    }
    turns
}

const fn factors() -> [u8; FOURS] {
    let mut factors = [0; FOURS];
    let mut n = 1;
    while n < FOURS {
        let x = (n * 4) as u8;
        let s = multiply(multiply(x, x ^ 1), multiply(x ^ 2, x ^ 3));
        factors[n] = multiply(multiply(2, 3), inverse(s));
        n += 1;
    }
    factors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(turn: Turn, [a, b, c, d]: [u8; 4]) -> [u8; 4] {
        let (low, high) = (a ^ b, c ^ d);
        let (first, third) = (a ^ multiply(low, turn.low), c ^ multiply(high, turn.high));
        let (pair, line) = (first ^ third, low ^ high);
        [first ^ multiply(pair, turn.pair), low ^ multiply(line, turn.pair), pair, line]
    }

    fn value([a, b, c, d]: [u8; 4], x: u8) -> u8 {
        let pair = multiply(multiply(x, x) ^ x, inverse(6));
        a ^ multiply(b, x) ^ multiply(pair, c ^ multiply(d, x))
    }

    #[test]
    fn a_folded_four_is_the_polynomial_through_its_places() {
        let four = [0x53, 0, 0xca, 0x07];
        for first in (0..=252).step_by(4) {
            let coefficients = fold(Turn::at(usize::from(first)), four);
            assert_eq!([0, 1, 2, 3].map(|n| value(coefficients, first + n)), four, "{first}");
        }
    }

    #[test]
    fn the_factor_of_two_fours_makes_all_their_sixteen_products() {
        let four = [0x53, 0x91, 0xca, 0x07];
        for (row, place) in [(0, 4), (0, 252), (8, 12), (60, 64), (124, 132)] {
            let coefficients = fold(Turn::at(place), four);
            for at in row..row + 4 {
                let plain = (place..)
                    .zip(four)
                    .fold(0, |sum, (place, byte)| sum ^ multiply(byte, inverse((at ^ place) as u8)));
                let whole = multiply(value(coefficients, at as u8), factor(row, place));
                assert_eq!(whole, plain, "row {at}, places from {place}");
            }
        }
    }
}
