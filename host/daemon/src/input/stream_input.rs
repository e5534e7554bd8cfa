//! One stream's input, from a door to the devices.

use std::sync::Arc;

use punktfunk_core::datagram::{InputEvent, RichInput};
use punktfunk_input::{Event, InputSettings, OnRumble, PenState, Touch};
use punktfunk_trust::Grant;
use tokio::sync::watch;

use super::{Injection, Translator, grants, settings_of, start};
use crate::app::{Host, HostEvent, StreamShared, Watcher};

/// What is injected for one stream. Dropping it, for whatever reason, releases everything that is held.
pub(crate) struct StreamInput {
    host: Arc<Host>,
    shared: Arc<StreamShared>,
    settings: InputSettings,
    on_rumble: OnRumble,
    injection: Option<Injection>,
    translator: Translator,
    granted: Grant,
}

impl StreamInput {
    /// What games make of the device's pads is told to `on_rumble`, which must not block.
    pub(crate) fn new(host: &Arc<Host>, shared: &Arc<StreamShared>, on_rumble: OnRumble) -> Self {
        let settings = settings_of(&host.policy().input);
        Self {
            host: Arc::clone(host),
            shared: Arc::clone(shared),
            settings,
            injection: start(host, settings, Arc::clone(&on_rumble)),
            on_rumble,
            translator: Translator::new(settings, host.pad_budget()),
            granted: *shared.grant.borrow(),
        }
    }

    /// An event of the plane that all doors share.
    pub(crate) fn event(&mut self, event: InputEvent) {
        let now_ns = self.host.clock().monotonic_ns();
        self.inject(|translator, granted| translator.translate(now_ns, event, grants(granted)));
    }

    /// An event with more in it than those have room for.
    pub(crate) fn rich(&mut self, event: &RichInput<'_>) {
        // pads have no touchpads, sensors and raw reports here
        let RichInput::Pen { seq, samples, .. } = event else { return };
        if !self.translator.accepts_pen(*seq) {
            return;
        }
        for sample in samples {
            self.inject(|translator, granted| translator.pen_sample(sample, grants(granted)));
        }
    }

    /// A finger on the screen.
    pub(crate) fn touch(&mut self, touch: Touch) {
        self.inject(|translator, granted| translator.touch(touch, grants(granted)));
    }

    /// No finger is on the screen, and none of the touches counted.
    pub(crate) fn cancel_touches(&mut self) {
        self.inject(|_, _| Some(Event::TouchesCancelled));
    }

    /// A pen.
    pub(crate) fn pen(&mut self, pen: PenState) {
        self.inject(|translator, granted| translator.pen(pen, grants(granted)));
    }

    /// Follows the policy and the device's grant, either of which may have changed.
    pub(crate) fn follow(&mut self) {
        let grant = *self.shared.grant.borrow();
        if grant != self.granted {
            self.granted = grant;
            // nothing stays pressed by a device that may not press it any more
            if let Some(injection) = &self.injection {
                injection.release_all();
            }
        }
        let settings = settings_of(&self.host.policy().input);
        if settings != self.settings {
            self.settings = settings;
            // the old devices let go of everything first, and their pads are to be had again
            self.injection = None;
            self.translator = Translator::new(settings, self.host.pad_budget());
            self.injection = start(&self.host, settings, Arc::clone(&self.on_rumble));
        }
    }

    fn inject(&mut self, translate: impl FnOnce(&mut Translator, Grant) -> Option<Event>) {
        let Some(injection) = &self.injection else { return };
        if let Some(event) = translate(&mut self.translator, *self.shared.grant.borrow()) {
            injection.inject(event);
        }
    }
}

/// Tells when [`StreamInput::follow`] is due.
pub(crate) struct Changes {
    grant: watch::Receiver<Grant>,
    events: Watcher,
}

impl Changes {
    pub(crate) fn of(host: &Host, shared: &StreamShared) -> Self {
        Self { grant: shared.grant.subscribe(), events: host.watch() }
    }

    /// Waits for the next. May be cancelled and asked again.
    pub(crate) async fn next(&mut self) {
        loop {
            tokio::select! {
                Ok(()) = self.grant.changed() => return,
                event = self.events.recv() => {
                    // events that were missed may have been that one
                    if matches!(event, Ok(HostEvent::PolicyReloaded) | Err(_)) {
                        return;
                    }
                }
            }
        }
    }
}
