//! The client of one session.

use std::sync::Arc;
use std::sync::mpsc as std_mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::eventfd::{EfdFlags, EventFd};
use punktfunk_core::datagram::InputEvent;
use punktfunk_core::video::VideoReceiver;
use punktfunk_core::wire::{CloseCode, Control, Mode};
use quinn::{Endpoint, VarInt};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::dial::{Dialled, FAREWELL, dial};
use crate::error::{ConnectError, SessionEnd};
use crate::handshake::{Agreed, negotiate};
use crate::options::{CancelToken, ConnectOptions};
use crate::session::{CONTROL_QUEUE, Session};
use crate::terms::Terms;
use crate::video::{VideoSocket, receive};
use crate::{AudioPacket, Feedback, HostId, Stats, VideoFrame, tasks};

/// How long the host may take to answer a change of mode; it may have to rebuild its encoder.
const RECONFIGURE_WAIT: Duration = Duration::from_secs(5);

/// A session with a host, from the first frame to the end.
///
/// All methods take `&self`: pull video, audio and feedback from as many threads as there are planes, each waits on its
/// own lock. Nothing here is asynchronous; the client brings its own threads.
///
/// Dropping it ends the session in the way of "I may come back"; [`quit`](Self::quit) says that the user is done.
pub struct NativeClient {
    session: Arc<Session>,
    endpoint: Endpoint,
    host: HostId,
    terms: Terms,
    stop: Arc<EventFd>,
    video: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

/// The host did not change the mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReconfigureError {
    /// It refused.
    #[error("the host cannot show that mode and stays at {0}. Ask for another one.")]
    Refused(Mode),
    /// It did not answer.
    #[error("the host did not answer the change of mode. Try again in a moment.")]
    NoAnswer,
}

/// An input event could not be handed to the network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the input was not sent: {0}")]
pub struct InputError(String);

impl NativeClient {
    /// Dials a host, waits to be let in, and starts to receive. Blocks until then.
    ///
    /// # Errors
    /// See [`ConnectError`]; each says what to do next.
    pub fn connect(options: ConnectOptions) -> Result<Self, ConnectError> {
        let runtime = new_runtime()?;
        match run(&runtime, establish(options)) {
            Ok(established) => established.into_client(runtime),
            Err(error) => {
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    /// The host's fingerprint as the handshake proved it: what to pin from now on.
    #[must_use]
    pub fn host(&self) -> HostId {
        self.host
    }

    /// What the host granted at the start.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The mode in force.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.session.mode()
    }

    /// The next access unit, waiting up to `timeout`; `None` when there was none.
    ///
    /// Whoever pulls too slowly loses what waited, and goes on with a key frame.
    ///
    /// # Errors
    /// When the session has ended and everything received was handed out.
    pub fn next_video(&self, timeout: Duration) -> Result<Option<VideoFrame>, SessionEnd> {
        self.session.next_video(timeout)
    }

    /// The next audio packet, waiting up to `timeout`; the oldest are dropped when nobody pulls.
    ///
    /// # Errors
    /// When the session has ended and everything received was handed out.
    pub fn next_audio(&self, timeout: Duration) -> Result<Option<AudioPacket>, SessionEnd> {
        self.session.next_audio(timeout)
    }

    /// The next rumble, light or state message, waiting up to `timeout`; the oldest are dropped when nobody pulls.
    ///
    /// # Errors
    /// When the session has ended and everything received was handed out.
    pub fn next_feedback(&self, timeout: Duration) -> Result<Option<Feedback>, SessionEnd> {
        self.session.next_feedback(timeout)
    }

    /// Sends an input event. It may be lost on the way like any datagram; the host lets go of everything that is held when
    /// the session ends.
    ///
    /// # Errors
    /// When the session has ended.
    pub fn send_input(&self, event: &InputEvent) -> Result<(), InputError> {
        let bytes = event.encode().to_vec();
        self.session.connection().send_datagram(bytes.into()).map_err(|error| InputError(error.to_string()))
    }

    /// Asks for a frame that can be decoded without any before it.
    pub fn request_keyframe(&self) {
        self.session.send_control(Control::RequestKeyframe);
    }

    /// Asks for another mode and waits for the host's answer. On success the next key frame has the new size.
    ///
    /// # Errors
    /// When the host refuses or does not answer.
    pub fn reconfigure(&self, mode: Mode) -> Result<Mode, ReconfigureError> {
        match self.session.reconfigure(mode, RECONFIGURE_WAIT) {
            Some((true, now)) => Ok(now),
            Some((false, now)) => Err(ReconfigureError::Refused(now)),
            None => Err(ReconfigureError::NoAnswer),
        }
    }

    /// The session's figures so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.session.stats()
    }

    /// Why the session has ended; `None` while it runs.
    #[must_use]
    pub fn ended(&self) -> Option<SessionEnd> {
        self.session.end().cloned()
    }

    /// Ends the session for good: the host takes everything down at once instead of waiting for a return. Whoever waits
    /// for a plane is woken.
    pub fn quit(&self) {
        self.close(CloseCode::Quit);
    }

    fn close(&self, code: CloseCode) {
        self.session.connection().close(VarInt::from_u32(code.code()), b"");
        self.session.on_end(SessionEnd::Quit);
    }
}

impl Drop for NativeClient {
    fn drop(&mut self) {
        self.close(CloseCode::Done);
        let _ = self.stop.write(1);
        if let Some(video) = self.video.take() {
            let _ = video.join();
        }
        if let Some(runtime) = self.runtime.take() {
            farewell(runtime, &self.endpoint);
        }
    }
}

impl std::fmt::Debug for NativeClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NativeClient")
            .field("host", &self.host)
            .field("mode", &self.mode())
            .finish_non_exhaustive()
    }
}

/// A session whose video thread does not run yet.
struct Established {
    dialled: Dialled,
    session: Arc<Session>,
    socket: VideoSocket,
    receiver: VideoReceiver,
    terms: Terms,
}

impl Established {
    fn into_client(self, runtime: Runtime) -> Result<NativeClient, ConnectError> {
        let stop = Arc::new(
            EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)
                .map_err(std::io::Error::from)?,
        );
        let (thread_stop, thread_session) = (Arc::clone(&stop), Arc::clone(&self.session));
        let (socket, receiver) = (self.socket, self.receiver);
        let video = std::thread::Builder::new()
            .name("pf-video".to_owned())
            .spawn(move || receive(&socket, receiver, &thread_stop, &thread_session))?;
        Ok(NativeClient {
            session: self.session,
            endpoint: self.dialled.endpoint,
            host: self.dialled.host,
            terms: self.terms,
            stop,
            video: Some(video),
            runtime: Some(runtime),
        })
    }
}

async fn establish(options: ConnectOptions) -> Result<Established, ConnectError> {
    let started = Instant::now();
    let deadline = tokio::time::Instant::now() + options.budget;
    let dial_budget = options.dial_budget.min(options.budget);
    let dialled = until_cancelled(
        &options.cancel,
        dial(&options.address, &options.identity, options.pin, dial_budget, |step| options.report(step)),
    )
    .await?;
    let connection = dialled.connection.clone();
    match until_cancelled(&options.cancel, negotiate(&connection, &options, deadline)).await {
        Ok(agreed) => Ok(begin(dialled, agreed, started)),
        Err(error) => {
            dialled.hang_up(CloseCode::Quit).await;
            Err(error)
        }
    }
}

fn begin(dialled: Dialled, agreed: Agreed, started: Instant) -> Established {
    let (sender, messages) = mpsc::channel(CONTROL_QUEUE);
    let set_up = started.elapsed().saturating_sub(agreed.waited);
    let session =
        Arc::new(Session::new(dialled.connection.clone(), sender, agreed.terms.mode, agreed.clock, set_up));
    for message in agreed.early {
        session.on_control(message);
    }
    tasks::spawn(&session, agreed.sender, agreed.reader, messages);
    Established { dialled, session, socket: agreed.socket, receiver: agreed.receiver, terms: agreed.terms }
}

async fn until_cancelled<T>(
    cancel: &CancelToken,
    work: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    tokio::select! {
        done = work => done,
        () = cancel.cancelled() => Err(ConnectError::Cancelled),
    }
}

/// One thread is plenty for control; video has its own.
pub(crate) fn new_runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("pf-control")
        .enable_all()
        .build()
}

/// Waits for a task without entering the runtime, so that a caller inside another one is blocked but does not panic.
pub(crate) fn run<T: Send + 'static>(runtime: &Runtime, work: impl Future<Output = T> + Send + 'static) -> T {
    let (done, result) = std_mpsc::sync_channel(1);
    runtime.spawn(async move {
        let _ = done.send(work.await);
    });
    result.recv().expect("the task neither panics nor is dropped before its end")
}

/// Lets the close leave the machine, then drops everything.
fn farewell(runtime: Runtime, endpoint: &Endpoint) {
    let endpoint = endpoint.clone();
    let (done, idle) = std_mpsc::sync_channel(1);
    runtime.spawn(async move {
        endpoint.wait_idle().await;
        let _ = done.send(());
    });
    let _ = idle.recv_timeout(FAREWELL);
    runtime.shutdown_background();
}
