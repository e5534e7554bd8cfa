//! Arming a PIN, and the host's side of pairing by it.

use super::record::{Deed, Happening};
use super::{Trust, TrustEvent};
use crate::pairing::{
    AUTO_DIGITS, ArmError, ArmRequest, Armed, AutoArmError, CONFIRM_BYTES, Challenge, Challenged, Gate,
    LastPin, Offered, PROOF_WAIT, PairError, PairRefusal, PairingAttempt, PairingStatus, PinOutcome, Proven,
    SPAKE_BYTES,
};
use crate::{Actor, Device, DeviceId, DeviceName, Grant, Now, PinCode, Via};

impl Trust {
    /// Draws a PIN and arms it; one that was armed before is gone. One that the policy arms has at least six digits.
    ///
    /// # Errors
    /// [`ArmError`]; then nothing has changed.
    pub fn arm(&mut self, now: Now, request: &ArmRequest, by: Actor) -> Result<Armed, ArmError> {
        self.pass_time(now);
        if !self.may_decide(by) {
            return Err(ArmError::NotAllowed);
        }
        let by_itself = by == Actor::Policy;
        let digits = self.settings.pin_digits.max(if by_itself { AUTO_DIGITS } else { 0 });
        let pin = PinCode::generate(digits, &mut *self.random);
        let window = request.window.unwrap_or(self.settings.pin_window);
        let armed = self.desk.arm(now, pin, window, request.fingerprint)?;
        if !by_itself {
            self.auto_arm.refill();
        }
        self.record.add(now, Deed::new(Happening::Armed).by(by));
        self.events.push(TrustEvent::Armed);
        Ok(armed)
    }

    /// Arms a PIN for a device that wants to pair, with no owner asked. For a box whose policy wants that.
    ///
    /// At most three times until a device pairs or somebody [arms](Self::arm) a PIN by hand, never after three wrong PINs
    /// in a row, one PIN for each device and window, and never in place of another PIN.
    ///
    /// # Errors
    /// [`AutoArmError`]; then nothing has changed. That it has stopped is told by an event, once.
    pub fn arm_by_itself(&mut self, now: Now, device: DeviceId) -> Result<Armed, AutoArmError> {
        self.pass_time(now);
        if self.pairing_status(now).armed.is_some() {
            return Err(AutoArmError::Armed);
        }
        if self.auto_arm_has_stopped(now) {
            if self.auto_arm.is_to_be_told() {
                self.events.push(TrustEvent::AutoArmStopped);
            }
            return Err(AutoArmError::Stopped);
        }
        if self.auto_arm.has_had_one(now, &device) {
            return Err(AutoArmError::HadOne);
        }
        let request = ArmRequest { window: None, fingerprint: Some(device) };
        let armed = self.arm(now, &request, Actor::Policy)?;
        self.auto_arm.note(device, now.monotonic + armed.expires_in);
        Ok(armed)
    }

    /// Whether [`arm_by_itself`](Self::arm_by_itself) does nothing any more until an owner arms a PIN or a device pairs.
    #[must_use]
    pub fn auto_arm_has_stopped(&self, now: Now) -> bool {
        self.auto_arm.is_used_up() || self.pairing_status(now).alert
    }

    /// Takes an armed PIN back; says whether there was one.
    pub fn disarm(&mut self, now: Now, by: Actor) -> bool {
        self.pass_time(now);
        let was_armed = self.desk.take_back(now);
        if was_armed {
            self.record.add(now, Deed::new(Happening::Disarmed).by(by));
            self.events.push(TrustEvent::Disarmed);
        }
        was_armed
    }

    /// The armed PIN, and whether somebody seems to be guessing.
    #[must_use]
    pub fn pairing_status(&self, now: Now) -> PairingStatus {
        self.desk.status(now, self.state.pin_failures)
    }

    /// Passes a PairRequest through the gates, in the order of punktfunk/1 §3.5: certificate, cooldown, armed,
    /// fingerprint.
    ///
    /// # Errors
    /// [`PairRefusal`], which names the close code.
    pub fn begin_pairing(&mut self, now: Now, attempt: &PairingAttempt<'_>) -> Result<Offered, PairRefusal> {
        self.pass_time(now);
        let client = attempt.device.ok_or(PairRefusal::NoCertificate)?;
        let cooldown = self.settings.pin_cooldown;
        let arming = self.desk.pass(now, &Gate { device: client, source: attempt.source, cooldown })?;
        let name = DeviceName::sanitise_or_label(attempt.name, self.settings.name_bytes, &client);
        Ok(Offered { client, host: attempt.host, name, source: attempt.source, arming })
    }

    /// Answers `spake_a`. From here on the PIN is spent and counts as a failure, on disk, until it is proven: a guess that is
    /// broken off is a guess.
    ///
    /// # Errors
    /// [`PairError::Malformed`] leaves the PIN armed; so does [`PairError::Store`], when the guess could not be counted.
    pub fn challenge(
        &mut self,
        now: Now,
        offered: Offered,
        spake_a: &[u8; SPAKE_BYTES],
    ) -> Result<(Challenged, Challenge), PairError> {
        self.pass_time(now);
        if !self.has_room_for(&offered.client) {
            return Err(PairError::ListFull);
        }
        let pin = self.desk.pin_of(now, offered.arming)?;
        let (key, challenge) =
            offered.exchange(pin, spake_a, &mut *self.random).map_err(|_| PairError::Malformed)?;
        let failures = self.state.pin_failures.saturating_add(1);
        let mut next = self.state.clone();
        next.pin_failures = failures;
        self.save(now, next)?;
        self.desk.spend();
        self.desk.delay_after(now, failures, self.settings.pin_cooldown);
        self.events.push(TrustEvent::Disarmed);
        Ok((offered.challenged(key, now.monotonic + PROOF_WAIT), challenge))
    }

    /// Checks PairProof. The device that is returned is trusted, and on disk.
    ///
    /// # Errors
    /// [`PairError`]; then nothing is paired.
    pub fn prove(
        &mut self,
        now: Now,
        challenged: Challenged,
        proof: &[u8; CONFIRM_BYTES],
    ) -> Result<Device, PairError> {
        self.pass_time(now);
        if now.monotonic >= challenged.until() {
            self.tell_wrong(now, challenged.into_offered(), Happening::Abandoned);
            return Err(PairError::TooLate);
        }
        let proven = match challenged.verify(proof) {
            Ok(proven) => proven,
            Err((wrong, offered)) => {
                self.tell_wrong(now, offered, Happening::WrongPin);
                return Err(wrong.into());
            }
        };
        let stored = self.store_proven(now, &proven);
        let (outcome, name) = match &stored {
            Ok(device) => (PinOutcome::Paired, device.name.clone()),
            Err(_) => (PinOutcome::Failed, proven.name.clone()),
        };
        self.desk.conclude(LastPin::used(now, outcome, proven.client, name));
        let device = stored?;
        self.desk.forgive(proven.source);
        self.auto_arm.refill();
        self.record.add(now, Deed::of(Happening::Paired, &device).from(proven.source));
        self.let_in(&device, Via::Pin);
        Ok(device)
    }

    fn store_proven(&mut self, now: Now, proven: &Proven) -> Result<Device, PairError> {
        if !self.has_room_for(&proven.client) {
            return Err(PairError::ListFull);
        }
        // A device that pairs again keeps what its owner gave it, unless that has run out.
        let known = self.trusted(&proven.client).filter(|device| device.via != Via::Declared).cloned();
        let grant = known.as_ref().map_or(Grant::FULL, |device| device.grant);
        let mut device = Device::paired(proven, grant, now.wall);
        if let Some(known) = known {
            device.name = known.name;
        }
        let mut next = self.state.clone();
        next.let_in(device.clone());
        next.ignored.remove(&device.id);
        next.pin_failures = 0;
        self.save(now, next)?;
        Ok(device)
    }

    /// No proof will come: the connection is gone, or has said something else. An honest client does that when it sees that
    /// the host has another PIN, and so does somebody who guesses and would rather not be seen.
    pub fn abandon(&mut self, now: Now, challenged: Challenged) {
        self.pass_time(now);
        self.tell_wrong(now, challenged.into_offered(), Happening::Abandoned);
    }

    /// It was counted, on disk, when the challenge went out.
    fn tell_wrong(&mut self, now: Now, offered: Offered, what: Happening) {
        let outcome = match what {
            Happening::WrongPin => PinOutcome::Wrong,
            _ => PinOutcome::Abandoned,
        };
        self.desk.conclude(LastPin::used(now, outcome, offered.client, offered.name.clone()));
        self.record.add(now, Deed::new(what).named(offered.client, offered.name).from(offered.source));
        self.events.push(TrustEvent::WrongPin { device: offered.client });
    }
}
