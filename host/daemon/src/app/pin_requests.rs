//! Devices that show a PIN, from their knock to the outcome that their owner hears.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use punktfunk_trust::{
    Admission, Answered, Device, DeviceId, Knock, PairError, PinAnswerError, Refusal, Ticket,
};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::{Host, lock};

/// How long a device may take to prove that it knows the PIN, before its owner is told that it did not.
const OUTCOME_WITHIN: Duration = Duration::from_secs(20);
/// Digits of the PINs that Moonlight shows.
const DIGITS: usize = 4;

/// A PIN that a Moonlight client shows. It does not print.
pub struct ShownPin(String);

impl ShownPin {
    /// # Errors
    /// [`PinFault::NoPin`] if it is anything but four digits.
    pub fn parse(text: &str) -> Result<Self, PinFault> {
        let is_pin = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        is_pin.then(|| Self(text.to_owned())).ok_or(PinFault::NoPin)
    }
}

impl std::fmt::Debug for ShownPin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShownPin(..)")
    }
}

/// A PIN on its way to the device that shows it.
pub(super) struct Entered {
    pin: ShownPin,
    answered: Answered,
    outcome: oneshot::Sender<Result<Device, PinFault>>,
}

/// Why entering a PIN paired nobody.
#[derive(Debug, thiserror::Error)]
pub enum PinFault {
    /// It cannot be one.
    #[error("a Moonlight client shows a PIN of four digits: read it again from the device")]
    NoPin,
    /// It went to nobody.
    #[error(transparent)]
    Answer(#[from] PinAnswerError),
    /// The device shows another one.
    #[error(
        "the device shows another PIN, or the request came from somebody else; start pairing on the device again"
    )]
    Wrong,
    /// The device broke off.
    #[error("the device went away before it was paired; start pairing on the device again")]
    Gone,
    /// It could not be let in.
    #[error(transparent)]
    Pair(#[from] PairError),
}

/// A device that shows a PIN and waits. Dropping this takes the request back.
#[derive(Debug)]
pub struct PinRequest {
    host: Arc<Host>,
    ticket: Ticket,
    entered: oneshot::Receiver<Entered>,
    attempt: Option<Attempt>,
}

#[derive(Debug)]
struct Attempt {
    answered: Answered,
    outcome: oneshot::Sender<Result<Device, PinFault>>,
}

impl Host {
    /// A device shows a PIN and wants its owner to enter it.
    ///
    /// # Errors
    /// Nobody is asked.
    pub fn knock_with_pin(
        self: &Arc<Self>,
        device: DeviceId,
        name: &str,
        source: IpAddr,
    ) -> Result<PinRequest, Refusal> {
        let (sender, entered) = oneshot::channel();
        let admission = self.trust(|trust, now| {
            let admission = trust.knock_with_pin(now, Knock { device: Some(device), name, source });
            if let Admission::Wait(ticket) = admission {
                // before trust is let go of, or an answer could come first
                lock(&self.showing_pins).insert(ticket.id, sender);
            }
            admission
        });
        match admission {
            Admission::Wait(ticket) => {
                Ok(PinRequest { host: Arc::clone(self), ticket, entered, attempt: None })
            }
            Admission::Refuse(refusal) => Err(refusal),
            // it always waits, however well it is known: the PIN is how it learns whom it talks to
            Admission::Admit(_) => Err(Refusal::RoomFull),
        }
    }

    /// Hands a PIN over to the one device that was answered with it, and waits until that device has proven that it knows it.
    ///
    /// # Errors
    /// [`PinFault`]; then nobody is paired, and the request is over.
    pub async fn hand_over(
        self: &Arc<Self>,
        ticket: Ticket,
        answered: Answered,
        pin: ShownPin,
    ) -> Result<Device, PinFault> {
        let (outcome, heard) = oneshot::channel();
        let waiting = lock(&self.showing_pins).remove(&ticket.id);
        let entered = Entered { pin, answered, outcome };
        let lost = match waiting {
            Some(waiting) => waiting.send(entered).err(),
            None => Some(entered),
        };
        if let Some(Entered { answered, .. }) = lost {
            self.trust(|trust, now| trust.abandon_answered(now, answered));
            return Err(PinFault::Gone);
        }
        match timeout(OUTCOME_WITHIN, heard).await {
            Ok(Ok(outcome)) => outcome,
            _ => Err(PinFault::Gone),
        }
    }
}

impl PinRequest {
    /// The PIN, once its owner has entered it; `None` when the request is over.
    pub async fn pin(&mut self) -> Option<String> {
        let Entered { pin, answered, outcome } = (&mut self.entered).await.ok()?;
        self.attempt = Some(Attempt { answered, outcome });
        Some(pin.0)
    }

    /// The device has proven that it knows the PIN: it is trusted from now on.
    ///
    /// # Errors
    /// It could not be stored.
    pub async fn paired(mut self) -> Result<(), String> {
        let Some(Attempt { answered, outcome }) = self.attempt.take() else {
            return Err("no PIN was entered".to_owned());
        };
        let stored = self.host.decide(move |trust, now| trust.pair_answered(now, answered)).await;
        let told = stored.as_ref().map(|_| ()).map_err(ToString::to_string);
        // an owner who has not waited sees the list
        let _ = outcome.send(stored.map_err(PinFault::from));
        told
    }

    /// The device did not know the PIN.
    pub fn wrong_pin(mut self) {
        if let Some(Attempt { answered, outcome }) = self.attempt.take() {
            self.host.trust(|trust, now| trust.wrong_answer(now, answered));
            let _ = outcome.send(Err(PinFault::Wrong));
        }
    }
}

impl Drop for PinRequest {
    fn drop(&mut self) {
        lock(&self.host.showing_pins).remove(&self.ticket.id);
        let ticket = self.ticket;
        self.host.trust(|trust, _| trust.leave(ticket));
        if let Some(Attempt { answered, outcome }) = self.attempt.take() {
            self.host.trust(|trust, now| trust.abandon_answered(now, answered));
            let _ = outcome.send(Err(PinFault::Gone));
        }
    }
}

impl std::fmt::Debug for Entered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entered").field("device", &self.answered.device()).finish_non_exhaustive()
    }
}
