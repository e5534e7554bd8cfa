//! The thread that injects one stream's input. Kernel devices take milliseconds to make, and the desktop may be slow to
//! read them; no connection may wait for that.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use punktfunk_input::{Event, Injector, InputSettings, OnRumble, PenState, TouchPhase};

use crate::app::{Fault, Host};

/// Events that may wait for the devices. Motion adds up and states replace each other, so that only a device that has
/// stopped working gets this far behind.
const MOST_WAITING: usize = 256;

/// A running thread. Dropping this ends it, and lets go of everything that is held.
#[derive(Debug)]
pub(crate) struct Injection(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

/// What is still to be done.
#[derive(Debug, Default)]
struct Queue {
    release_all: bool,
    events: VecDeque<Event>,
    closed: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Work {
    ReleaseAll,
    Inject(Event),
}

impl Injection {
    /// Starts the thread, which opens the devices first and tells `host` how that went. What games make of pads' motors is
    /// told to `on_rumble`.
    pub(crate) fn start(host: &Arc<Host>, settings: InputSettings, on_rumble: OnRumble) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (work, host) = (Arc::clone(&shared), Arc::clone(host));
        thread::Builder::new().name("input".to_owned()).spawn(move || {
            let outcome = inject(&work, &host, settings, on_rumble);
            // what comes from now on is for nobody
            work.change(|queue| queue.closed = true);
            if let Err(error) = outcome {
                host.note_input(Err(Fault::new(error.code(), error.params(), &error.to_string())));
            }
        })?;
        Ok(Self(shared))
    }

    /// Injects an event, soon.
    pub(crate) fn inject(&self, event: Event) {
        self.0.change(|queue| queue.push(event));
    }

    /// Lets go of everything; presses that still wait are forgotten.
    pub(crate) fn release_all(&self) {
        self.0.change(Queue::let_go);
    }
}

impl Drop for Injection {
    fn drop(&mut self) {
        self.0.change(|queue| queue.closed = true);
    }
}

fn inject(
    shared: &Shared,
    host: &Host,
    settings: InputSettings,
    on_rumble: OnRumble,
) -> Result<(), punktfunk_input::InputError> {
    // dropping it releases everything, however this ends
    let mut injector = Injector::open(&settings, on_rumble)?;
    host.note_input(Ok(()));
    while let Some(work) = shared.next() {
        match work {
            Work::ReleaseAll => injector.release_all()?,
            Work::Inject(event) => injector.inject(&event)?,
        }
    }
    Ok(())
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut Queue)) {
        change(&mut self.lock());
        self.changed.notify_one();
    }

    /// The next thing to do, once there is one; `None` at the end.
    fn next(&self) -> Option<Work> {
        let idle = |queue: &mut Queue| !queue.closed && !queue.release_all && queue.events.is_empty();
        let queue = self.lock();
        let mut queue = self.changed.wait_while(queue, idle).unwrap_or_else(PoisonError::into_inner);
        queue.pop()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn push(&mut self, event: Event) {
        if self.closed || self.events.back_mut().is_some_and(|last| merge(last, event)) {
            return;
        }
        if self.events.len() >= MOST_WAITING {
            // a release among them must not be lost, so nothing stays pressed
            self.let_go();
        }
        if self.events.len() < MOST_WAITING {
            self.events.push_back(event);
        }
    }

    /// Pads that come and go still do.
    fn let_go(&mut self) {
        self.release_all = true;
        self.events.retain(|event| matches!(event, Event::PadArrived { .. } | Event::PadRemoved { .. }));
    }

    fn pop(&mut self) -> Option<Work> {
        if self.closed {
            return None;
        }
        if std::mem::take(&mut self.release_all) {
            return Some(Work::ReleaseAll);
        }
        self.events.pop_front().map(Work::Inject)
    }
}

/// Makes one event of two, if nothing is lost by that.
fn merge(last: &mut Event, next: Event) -> bool {
    match (last, next) {
        (Event::PointerMove { dx, dy }, Event::PointerMove { dx: x, dy: y }) => {
            *dx = dx.saturating_add(x);
            *dy = dy.saturating_add(y);
        }
        (Event::Scroll { axis, v120 }, Event::Scroll { axis: other, v120: more }) if *axis == other => {
            *v120 = v120.saturating_add(more);
        }
        (last @ Event::PointerTo { .. }, Event::PointerTo { .. }) => *last = next,
        (Event::Touch(one), Event::Touch(next))
            if one.id == next.id && (one.phase, next.phase) == (TouchPhase::Move, TouchPhase::Move) =>
        {
            *one = next;
        }
        (Event::Pen(one), Event::Pen(next)) if draws_alike(*one, next) => *one = next,
        // a button that was tapped in between would be lost
        (Event::Pad { index, state }, Event::Pad { index: other, state: new })
            if *index == other && state.buttons == new.buttons =>
        {
            *state = new;
        }
        _ => return false,
    }
    true
}

/// Whether a pen did nothing but move while it hovered. A stroke loses its shape when samples are left out.
fn draws_alike(one: PenState, next: PenState) -> bool {
    let still = |pen: PenState| (pen.in_range, pen.touching, pen.tool, pen.buttons);
    !one.touching && still(one) == still(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use punktfunk_input::{Button, PadButtons, PadState, Place, Touch};

    fn queue(events: &[Event]) -> Queue {
        let mut queue = Queue::default();
        for event in events {
            queue.push(*event);
        }
        queue
    }

    fn click(down: bool) -> Event {
        Event::Button { button: Button::Left, down }
    }

    #[test]
    fn motion_that_waits_adds_up_and_states_replace_each_other() {
        let to = |x| Event::PointerTo { x, y: 0, width: 100, height: 100 };
        let tilt = |x| Event::Pad { index: 0, state: PadState { left: (x, 0), ..PadState::default() } };
        let step = Event::PointerMove { dx: 2, dy: -1 };
        let queue = queue(&[step, step, to(1), to(2), tilt(1), tilt(2), tilt(3)]);
        assert_eq!(queue.events, [Event::PointerMove { dx: 4, dy: -2 }, to(2), tilt(3)]);
    }

    #[test]
    fn a_tap_of_a_finger_and_the_shape_of_a_stroke_are_not_lost() {
        let touch = |phase, x| Event::Touch(Touch { id: 1, phase, place: Place { x, y: 0 }, pressure: 0 });
        let (down, up) = (touch(TouchPhase::Down, 1), touch(TouchPhase::Up, 3));
        let moves = [touch(TouchPhase::Move, 2), touch(TouchPhase::Move, 3)];
        let pen = |touching, x| {
            Event::Pen(PenState { in_range: true, touching, place: Place { x, y: 0 }, ..PenState::default() })
        };
        let stroke = [pen(true, 3), pen(true, 4)];
        let told = [down, moves[0], moves[1], up, pen(false, 1), pen(false, 2), stroke[0], stroke[1]];
        assert_eq!(queue(&told).events, [down, moves[1], up, pen(false, 2), stroke[0], stroke[1]]);
    }

    #[test]
    fn a_tap_is_not_lost_between_two_states() {
        let state = |buttons| Event::Pad { index: 0, state: PadState { buttons, ..PadState::default() } };
        let tap = [state(PadButtons::default()), state(PadButtons::A), state(PadButtons::default())];
        assert_eq!(queue(&tap).events, tap);
    }

    #[test]
    fn a_flood_of_clicks_stays_bounded_and_leaves_nothing_pressed() {
        let mut queue = queue(&[Event::PadArrived { index: 0 }]);
        for n in 0..10 * MOST_WAITING {
            queue.push(click(n % 2 == 0));
            assert!(queue.events.len() <= MOST_WAITING);
        }
        assert_eq!(queue.pop(), Some(Work::ReleaseAll));
        assert_eq!(queue.pop(), Some(Work::Inject(Event::PadArrived { index: 0 })), "the pad is there");
    }

    #[test]
    fn presses_that_wait_when_everything_is_let_go_of_are_forgotten() {
        let mut queue = queue(&[click(true)]);
        queue.let_go();
        assert_eq!(queue.pop(), Some(Work::ReleaseAll));
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn nothing_is_injected_after_the_end() {
        let mut queue = queue(&[click(true)]);
        queue.closed = true;
        assert_eq!(queue.pop(), None);
    }
}
