//! When the box may update itself.

use jiff::ZonedDateTime;
use punktfunk_config::UpdateWindow;

/// The hours of the night, local time: from the first up to, but not with, the second.
pub const NIGHT: std::ops::Range<i8> = 3..5;

/// Whether `window` is open at `now` on the box's own clock.
pub fn is_open(window: UpdateWindow, now: &ZonedDateTime) -> bool {
    match window {
        UpdateWindow::Manual => false,
        UpdateWindow::Idle => true,
        UpdateWindow::Night => NIGHT.contains(&now.hour()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_from_three_to_five() {
        let open = |hour: i8| {
            let now = jiff::civil::date(2026, 11, 29).at(hour, 59, 0, 0).in_tz("UTC").unwrap();
            [UpdateWindow::Manual, UpdateWindow::Idle, UpdateWindow::Night]
                .map(|window| is_open(window, &now))
        };
        assert_eq!(open(2), [false, true, false]);
        assert_eq!(open(3), [false, true, true]);
        assert_eq!(open(4), [false, true, true]);
        assert_eq!(open(5), [false, true, false]);
    }
}
