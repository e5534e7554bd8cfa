//! The PIN of a pairing: short, so it must never be printed by accident.

use std::fmt;

use crate::Randomness;

/// The fewest digits a PIN may have.
pub const MIN_PIN_DIGITS: u8 = 4;
/// The most digits a PIN may have.
pub const MAX_PIN_DIGITS: u8 = 8;

/// A pairing PIN: 4 to 8 decimal digits. It neither prints nor serialises; [`reveal`](Self::reveal) is the one way out.
#[derive(Clone, PartialEq, Eq)]
pub struct PinCode(String);

impl PinCode {
    /// A uniformly drawn PIN. `digits` outside 4 to 8 is moved to the nearer bound.
    #[must_use]
    pub fn generate(digits: u8, random: &mut dyn Randomness) -> Self {
        let digits = digits.clamp(MIN_PIN_DIGITS, MAX_PIN_DIGITS);
        let number = random.below(10_u64.pow(digits.into()));
        Self(format!("{number:0width$}", width = usize::from(digits)))
    }

    /// A PIN as a person typed it; spaces around it are forgiven.
    ///
    /// # Errors
    /// [`InvalidPin`] unless it is 4 to 8 ASCII digits.
    pub fn parse(typed: &str) -> Result<Self, InvalidPin> {
        let digits = typed.trim();
        let fits = (usize::from(MIN_PIN_DIGITS)..=usize::from(MAX_PIN_DIGITS)).contains(&digits.len());
        if fits && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(digits.to_owned()))
        } else {
            Err(InvalidPin)
        }
    }

    /// The digits, for the owner's eyes and for the ceremony.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PinCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinCode(redacted)")
    }
}

/// What was typed is no PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a PIN is {MIN_PIN_DIGITS} to {MAX_PIN_DIGITS} digits: type it as the host shows it")]
pub struct InvalidPin;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemRandomness;

    #[test]
    fn a_pin_has_the_digits_asked_for_and_leading_zeros_too() {
        let mut random = SystemRandomness::default();
        let mut zero_led = 0;
        for _ in 0..400 {
            let pin = PinCode::generate(4, &mut random);
            assert_eq!(PinCode::parse(pin.reveal()), Ok(pin.clone()));
            assert_eq!(pin.reveal().len(), 4);
            zero_led += usize::from(pin.reveal().starts_with('0'));
        }
        assert!(zero_led > 0);
        assert_eq!(PinCode::generate(99, &mut random).reveal().len(), 8);
        assert_eq!(PinCode::generate(0, &mut random).reveal().len(), 4);
    }

    #[test]
    fn every_digit_is_equally_likely_in_every_place() {
        let mut random = SystemRandomness::default();
        let mut counts = [[0_u32; 10]; 4];
        for _ in 0..8000 {
            for (place, digit) in PinCode::generate(4, &mut random).reveal().bytes().enumerate() {
                counts[place][usize::from(digit - b'0')] += 1;
            }
        }
        // 800 expected each, standard deviation 27: six of them leave one false alarm in 10^7 runs.
        assert!(counts.iter().flatten().all(|n| (640..960).contains(n)), "{counts:?}");
    }

    #[test]
    fn a_pin_never_prints_its_digits() {
        let pin = PinCode::parse("8317").unwrap();
        let shown = format!("{pin:?} {pin:#?} {:?}", Some(&pin));
        assert!(!shown.contains("8317"), "{shown}");
    }

    #[test]
    fn only_digits_are_a_pin() {
        for typed in ["", "123", "123456789", "12a4", "１２３４", "-123", "12 34"] {
            assert_eq!(PinCode::parse(typed), Err(InvalidPin), "{typed}");
        }
        assert_eq!(PinCode::parse(" 0042\n").unwrap().reveal(), "0042");
    }
}
