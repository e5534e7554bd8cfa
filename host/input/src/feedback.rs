//! The thread that serves what games ask of a pad's motors. A game waits for the answer to each upload, so that this cannot
//! be left to whoever injects input.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use input_linux::sys::{
    EV_FF, EV_UINPUT, FF_GAIN, FF_RUMBLE, UI_FF_ERASE, UI_FF_UPLOAD, ff_effect, ff_effect_union, ff_replay,
    ff_trigger, input_event, uinput_ff_erase, uinput_ff_upload,
};
use input_linux::{InputEvent, UInputHandle};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::eventfd::EventFd;

use crate::motors::{Effect, Motors};
use crate::{OnRumble, Rumble};

/// How often a pad's motors may change for a client. Games that play hundreds of short effects a second blur into one.
const TELL_EVERY: Duration = Duration::from_millis(8);
/// Requests that are read in one go.
const REQUESTS: usize = 16;

/// The running thread; dropping this ends it, and lets the motors come to rest.
pub(crate) struct Feedback {
    stop: Arc<EventFd>,
    thread: Option<JoinHandle<()>>,
}

impl Feedback {
    pub(crate) fn start(device: Arc<UInputHandle<File>>, pad: u8, told: OnRumble) -> io::Result<Self> {
        let stop = Arc::new(EventFd::new()?);
        let stopped = Arc::clone(&stop);
        let thread = thread::Builder::new().name(format!("rumble-{pad}")).spawn(move || {
            let mut served =
                Served { motors: Motors::default(), pad, told, last: Rumble { pad, low: 0, high: 0 } };
            if let Err(error) = served.serve(&device, &stopped) {
                tracing::warn!(%error, pad, "a gamepad's motors are out of reach from now on");
            }
            served.tell(Rumble { pad, low: 0, high: 0 });
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Feedback {
    fn drop(&mut self) {
        // a counter that is full wakes the thread as well
        let _ = self.stop.write(1);
        if let Some(thread) = self.thread.take() {
            // a thread that broke down has said so
            let _ = thread.join();
        }
    }
}

struct Served {
    motors: Motors,
    pad: u8,
    told: OnRumble,
    last: Rumble,
}

impl Served {
    fn serve(&mut self, device: &UInputHandle<File>, stop: &EventFd) -> io::Result<()> {
        let begun = Instant::now();
        let mut told_at: Option<Instant> = None;
        loop {
            let now_ns = nanoseconds(begun);
            let next = self.motors.now(now_ns, self.pad);
            let mut wait = self.motors.next_change(now_ns).map(|at| Duration::from_nanos(at - now_ns));
            if next != self.last {
                let rest = told_at.map_or(Duration::ZERO, |at| TELL_EVERY.saturating_sub(at.elapsed()));
                if rest.is_zero() {
                    self.tell(next);
                    told_at = Some(Instant::now());
                } else {
                    wait = Some(wait.map_or(rest, |wait| wait.min(rest)));
                }
            }
            let mut files = [
                PollFd::new(device.as_fd(), PollFlags::POLLIN),
                PollFd::new(stop.as_fd(), PollFlags::POLLIN),
            ];
            match poll(&mut files, timeout(wait)) {
                Ok(_) => {}
                Err(Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
            }
            let [device_has, stop_has] = files.map(|file| file.any().unwrap_or(true));
            if stop_has {
                return Ok(());
            }
            if device_has {
                let mut requests = [*InputEvent::zeroed().as_raw(); REQUESTS];
                let count = device.read(&mut requests)?;
                for request in &requests[..count] {
                    self.hear(device, request, nanoseconds(begun))?;
                }
            }
        }
    }

    fn hear(&mut self, device: &UInputHandle<File>, request: &input_event, now_ns: u64) -> io::Result<()> {
        let (kind, code) = (i32::from(request.type_), request.code);
        match (kind, i32::from(code)) {
            (EV_UINPUT, UI_FF_UPLOAD) => self.upload(device, request.value.cast_unsigned()),
            (EV_UINPUT, UI_FF_ERASE) => self.erase(device, request.value.cast_unsigned()),
            (EV_FF, _) if code == FF_GAIN => {
                self.motors.set_gain(u16::try_from(request.value).unwrap_or(u16::MAX));
                Ok(())
            }
            (EV_FF, number) => {
                self.motors.play(now_ns, number, request.value);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn upload(&mut self, device: &UInputHandle<File>, request: u32) -> io::Result<()> {
        let mut upload =
            uinput_ff_upload { request_id: request, retval: 0, effect: no_effect(), old: no_effect() };
        device.ff_upload_begin(&mut upload)?;
        let taken = upload.effect.type_ == FF_RUMBLE && {
            let ff_effect { id, replay, .. } = upload.effect;
            let union: &ff_effect_union = (&upload.effect).into();
            let rumble = union.rumble();
            let (low, high) = (rumble.strong_magnitude, rumble.weak_magnitude);
            let effect = Effect { low, high, length_ms: replay.length, delay_ms: replay.delay };
            self.motors.upload(id.into(), effect)
        };
        upload.retval = if taken { 0 } else { -(Errno::EINVAL as i32) };
        device.ff_upload_end(&upload)
    }

    fn erase(&mut self, device: &UInputHandle<File>, request: u32) -> io::Result<()> {
        let mut erase = uinput_ff_erase { request_id: request, retval: 0, effect_id: 0 };
        device.ff_erase_begin(&mut erase)?;
        self.motors.erase(i32::try_from(erase.effect_id).unwrap_or(-1));
        device.ff_erase_end(&erase)
    }

    fn tell(&mut self, rumble: Rumble) {
        if rumble != self.last {
            self.last = rumble;
            (self.told)(rumble);
        }
    }
}

fn no_effect() -> ff_effect {
    ff_effect {
        type_: 0,
        id: 0,
        direction: 0,
        trigger: ff_trigger { button: 0, interval: 0 },
        replay: ff_replay { length: 0, delay: 0 },
        u: Default::default(),
    }
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Never shorter than asked for: a loop that woke too early would spin.
fn timeout(wait: Option<Duration>) -> PollTimeout {
    let Some(wait) = wait else { return PollTimeout::NONE };
    let ms = wait.as_micros().div_ceil(1000).min(u128::from(u16::MAX));
    PollTimeout::from(u16::try_from(ms).unwrap_or(u16::MAX))
}
