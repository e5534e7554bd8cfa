//! The clock and the kernel's limits.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Check;

/// No host of this version has run before this Unix time (2025-01-01).
const BEFORE_US: u64 = 1_735_689_600;
/// The send buffer that a stream asks for, bytes.
const SEND_BUFFER: u64 = 4 << 20;

pub(super) fn check() -> Vec<Check> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let most = fs::read_to_string("/proc/sys/net/core/wmem_max").ok();
    vec![clock(now), buffers(most.and_then(|text| text.trim().parse().ok()))]
}

fn clock(now: u64) -> Check {
    const SUBJECT: &str = "clock";
    match now >= BEFORE_US {
        true => Check::good("clock_plausible", SUBJECT, "plausible"),
        false => Check::wrong(
            "clock_never_set",
            SUBJECT,
            "far in the past, so guests have to wait; turn on time synchronisation (timedatectl set-ntp true)",
        ),
    }
}

/// Small buffers work, so they are no fault.
fn buffers(most: Option<u64>) -> Check {
    const SUBJECT: &str = "send buffers";
    match most {
        Some(most) => {
            let found = Check::good("send_buffers", SUBJECT, format!("up to {} KiB", most >> 10));
            let raise =
                format!("for bit rates over 50 Mbit/s raise that: sysctl -w net.core.wmem_max={SEND_BUFFER}");
            let found = if most < SEND_BUFFER { found.and_next(raise) } else { found };
            found.with("kib", most >> 10)
        }
        None => Check::good("send_buffers_unknown", SUBJECT, "the kernel does not say how large they may be"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_never_set_is_wrong() {
        assert!(!clock(0).good);
        assert!(!clock(BEFORE_US - 1).good);
        assert!(clock(BEFORE_US).good);
        assert!(check()[0].good);
    }

    #[test]
    fn small_buffers_come_with_the_way_to_larger_ones() {
        assert!(buffers(Some(212_992)).told().contains("net.core.wmem_max=4194304"));
        assert_eq!(buffers(Some(SEND_BUFFER)).found, "up to 4096 KiB");
    }
}
