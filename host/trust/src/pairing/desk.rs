//! The gate in front of a pairing: who may guess, when, and how often.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::cooldown::Cooldowns;
use super::outcome::{LastPin, PinOutcome};
use crate::waiting::network_of;
use crate::{DeviceId, Now, PinCode};

/// The shortest window a PIN may be armed for (punktfunk/1 §3.5).
pub const WINDOW_MIN: Duration = Duration::from_secs(15);
/// The longest window a PIN may be armed for (punktfunk/1 §3.5).
pub const WINDOW_MAX: Duration = Duration::from_secs(600);

/// Wrong PINs in a row that cost nothing beyond the cooldown: people mistype.
const FREE_FAILURES: u32 = 2;
/// The longest that wrong PINs can delay the next guess. Long enough to make guessing hopeless, short enough that a
/// neighbour cannot keep the owner out.
const LONGEST_DELAY: Duration = Duration::from_secs(300);
/// From this many wrong PINs in a row on, the console shows an alert.
const ALERT_FAILURES: u32 = 3;

/// A wish to arm a PIN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArmRequest {
    /// How long, [`WINDOW_MIN`] to [`WINDOW_MAX`]; `None` is the policy's default.
    pub window: Option<Duration>,
    /// Only this device may use it. Without one, only devices of the local network may.
    pub fingerprint: Option<DeviceId>,
}

/// An armed PIN, to be shown on the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Armed {
    /// The PIN.
    pub pin: PinCode,
    /// The only device that may use it, if bound.
    pub fingerprint: Option<DeviceId>,
    /// From now until it works: zero, unless wrong PINs before have caused a delay.
    pub usable_in: Duration,
    /// From now until it stops working.
    pub expires_in: Duration,
}

/// Why no PIN was armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArmError {
    /// The window is out of range.
    #[error("a PIN can be armed for 15 to 600 seconds: ask for a window in that range")]
    Window,
    /// A paired device asked that may not let others in.
    #[error("this device may not let others in: ask an owner")]
    NotAllowed,
}

/// What there is to show about PIN pairing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingStatus {
    /// The armed PIN, if there is one.
    pub armed: Option<Armed>,
    /// Wrong or abandoned guesses in a row, over restarts.
    pub failures: u32,
    /// Somebody may be guessing: show it.
    pub alert: bool,
    /// What became of the PIN that was armed last; `None` while it is armed, and before the first.
    pub last: Option<LastPin>,
}

/// Why an attempt to pair was turned away, in the order in which it is checked (punktfunk/1 §3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PairRefusal {
    /// Close code 0x63.
    #[error("this host needs to see a certificate of yours: update the app and try again")]
    NoCertificate,
    /// Close code 0x62.
    #[error("too soon after another attempt: try again in {} seconds", seconds_up(*.0))]
    TooSoon(Duration),
    /// Close code 0x60.
    #[error("pairing is not armed on this host: ask its owner for a PIN")]
    NotArmed,
    /// Close code 0x61.
    #[error("pairing is armed for another device: ask the owner for a PIN for this one")]
    OtherDevice,
}

/// Whole seconds, of which no part is left out: who waits that long has waited long enough.
#[must_use]
pub fn seconds_up(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The state of the gate.
pub(crate) struct Desk {
    armed: Option<Arming>,
    /// Counts armings, so that a ceremony can tell whether its own is still the one.
    serial: u64,
    cooldowns: Cooldowns,
    /// No guess before this moment, because of wrong ones.
    delayed_until: Duration,
    last: Option<LastPin>,
}

struct Arming {
    pin: PinCode,
    device: Option<DeviceId>,
    from: Duration,
    until: Duration,
    /// The last attempt of the device that it is bound to.
    last_attempt: Option<Duration>,
}

/// What the gate needs to know about an attempt that shows a certificate.
pub(crate) struct Gate {
    pub(crate) device: DeviceId,
    pub(crate) source: IpAddr,
    pub(crate) cooldown: Duration,
}

impl Desk {
    /// A desk after a start. The delay for `failures` before it counts from now: a restart is no way around it.
    pub(crate) fn new(now: Now, failures: u32, cooldown: Duration) -> Self {
        let delayed_until = now.monotonic + delay(failures, cooldown);
        Self { armed: None, serial: 0, cooldowns: Cooldowns::default(), delayed_until, last: None }
    }

    pub(crate) fn arm(
        &mut self,
        now: Now,
        pin: PinCode,
        window: Duration,
        device: Option<DeviceId>,
    ) -> Result<Armed, ArmError> {
        if !(WINDOW_MIN..=WINDOW_MAX).contains(&window) {
            return Err(ArmError::Window);
        }
        let from = now.monotonic.max(self.delayed_until);
        let arming = Arming { pin, device, from, until: from + window, last_attempt: None };
        if device.is_none() {
            self.cooldowns.forgive_all();
        }
        let shown = arming.shown(now);
        self.serial += 1;
        self.armed = Some(arming);
        self.last = None;
        Ok(shown)
    }

    /// The PIN is spent; [`conclude`](Self::conclude) says for what.
    pub(crate) fn spend(&mut self) {
        self.armed = None;
    }

    /// Takes the PIN back; says whether there was one.
    pub(crate) fn take_back(&mut self, now: Now) -> bool {
        let was_armed = self.armed.take().is_some();
        if was_armed {
            self.last = Some(LastPin::unused(now, PinOutcome::Disarmed));
        }
        was_armed
    }

    /// A spent PIN has come to its end. One that has been armed since then is not over by that.
    pub(crate) fn conclude(&mut self, last: LastPin) {
        if self.armed.is_none() {
            self.last = Some(last);
        }
    }

    /// Forgets a window that is over; says whether there was one.
    pub(crate) fn expire(&mut self, now: Now) -> bool {
        let over = self.armed.as_ref().is_some_and(|armed| armed.until <= now.monotonic);
        if over {
            self.armed = None;
            self.last = Some(LastPin::unused(now, PinOutcome::Expired));
        }
        over
    }

    /// The gates after the certificate's, in the order of punktfunk/1 §3.5. Answers which arming the attempt belongs
    /// to.
    pub(crate) fn pass(&mut self, now: Now, attempt: &Gate) -> Result<u64, PairRefusal> {
        self.expire(now);
        self.cool_down(now, attempt)?;
        let armed = self.armed.as_ref().ok_or(PairRefusal::NotArmed)?;
        match armed.device {
            None if !is_local(attempt.source) => Err(PairRefusal::NotArmed),
            Some(device) if device != attempt.device => Err(PairRefusal::OtherDevice),
            _ => Ok(self.serial),
        }
    }

    /// Refuses an attempt that comes too soon, and charges one that does not.
    fn cool_down(&mut self, now: Now, attempt: &Gate) -> Result<(), PairRefusal> {
        let network = network_of(attempt.source);
        let own = self.armed.as_mut().filter(|armed| armed.device == Some(attempt.device));
        let ready = match &own {
            Some(armed) => armed.last_attempt.map_or(Duration::ZERO, |last| last + attempt.cooldown),
            None => self.cooldowns.ready(network, attempt.cooldown),
        };
        let ready = ready.max(self.delayed_until);
        if now.monotonic < ready {
            return Err(PairRefusal::TooSoon(ready - now.monotonic));
        }
        if let Some(armed) = own {
            armed.last_attempt = Some(now.monotonic);
            self.cooldowns.charge_shared(now.monotonic);
        } else {
            self.cooldowns.charge(now.monotonic, network);
        }
        Ok(())
    }

    /// The PIN of `arming`, if that one is still armed.
    pub(crate) fn pin_of(&mut self, now: Now, arming: u64) -> Result<&PinCode, PairRefusal> {
        self.expire(now);
        match &self.armed {
            Some(armed) if arming == self.serial => Ok(&armed.pin),
            _ => Err(PairRefusal::NotArmed),
        }
    }

    /// Delays the next guess after `failures` in a row.
    pub(crate) fn delay_after(&mut self, now: Now, failures: u32, cooldown: Duration) {
        self.delayed_until = now.monotonic + delay(failures, cooldown);
    }

    /// A device at `source` has paired.
    pub(crate) fn forgive(&mut self, source: IpAddr) {
        self.delayed_until = Duration::ZERO;
        self.cooldowns.forgive(network_of(source));
    }

    pub(crate) fn status(&self, now: Now, failures: u32) -> PairingStatus {
        let armed = self.armed.as_ref().filter(|armed| armed.until > now.monotonic);
        PairingStatus {
            armed: armed.map(|armed| armed.shown(now)),
            failures,
            alert: failures >= ALERT_FAILURES,
            last: self.last.clone(),
        }
    }

    pub(crate) fn next_wakeup(&self) -> Option<Duration> {
        self.armed.as_ref().map(|armed| armed.until)
    }
}

impl Arming {
    fn shown(&self, now: Now) -> Armed {
        Armed {
            pin: self.pin.clone(),
            fingerprint: self.device,
            usable_in: self.from.saturating_sub(now.monotonic),
            expires_in: self.until.saturating_sub(now.monotonic),
        }
    }
}

/// Doubles from the cooldown on with every failure beyond the free ones.
fn delay(failures: u32, cooldown: Duration) -> Duration {
    match failures.saturating_sub(FREE_FAILURES) {
        0 => Duration::ZERO,
        beyond => cooldown.max(Duration::from_secs(1)).saturating_mul(1 << beyond.min(16)).min(LONGEST_DELAY),
    }
}

/// Whether an address belongs to the local network: loopback, link-local or private.
#[must_use]
pub fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_local_v4(v4),
        IpAddr::V6(v6) => is_local_v6(v6),
    }
}

fn is_local_v4(v4: Ipv4Addr) -> bool {
    v4.is_loopback() || v4.is_private() || v4.is_link_local()
}

fn is_local_v6(v6: Ipv6Addr) -> bool {
    v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local()
}
