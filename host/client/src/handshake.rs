//! From an encrypted connection to a session: Hello, the owner's approval, Welcome, Start, clock (punktfunk/1 §8).

use std::net::SocketAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use punktfunk_core::clock::{ClockEstimate, ClockSync};
use punktfunk_core::video::{MAX_SHARD_BYTES, StreamParams, VideoReceiver};
use punktfunk_core::wire::{ClientCaps, Control, Hello, Start, VideoCaps, Welcome};
use punktfunk_trust::MatchCode;
use quinn::{Connection, SendStream};
use tokio::time::{Instant, timeout, timeout_at};

use crate::dial::explain;
use crate::error::ConnectError;
use crate::framed::{MessageReader, StreamFailure, send};
use crate::options::{ConnectOptions, Progress};
use crate::terms::Terms;
use crate::video::VideoSocket;

/// Without an answer for this long, the host is taken to be asking its owner.
const APPROVAL_HINT: Duration = Duration::from_millis(1500);
/// How long the answer to a clock probe is waited for.
pub(crate) const CLOCK_ROUND_WAIT: Duration = Duration::from_nanos(ClockSync::TIMEOUT_NS);
/// Messages that a host sends into the clock sync, against the rule, and that are kept for later.
const MAX_EARLY: usize = 32;

/// What both sides agreed on.
pub(crate) struct Agreed {
    pub(crate) terms: Terms,
    pub(crate) receiver: VideoReceiver,
    pub(crate) clock: Option<ClockEstimate>,
    pub(crate) socket: VideoSocket,
    pub(crate) sender: SendStream,
    pub(crate) reader: MessageReader,
    /// What came before its time; to be handled first.
    pub(crate) early: Vec<Control>,
    /// How long the host took from Hello to Welcome, which is mostly people.
    pub(crate) waited: Duration,
}

/// Runs the handshake. The whole of it ends at `deadline`.
pub(crate) async fn negotiate(
    connection: &Connection,
    options: &ConnectOptions,
    deadline: Instant,
) -> Result<Agreed, ConnectError> {
    match timeout_at(deadline, steps(connection, options, deadline)).await {
        Ok(Ok(agreed)) => Ok(agreed),
        Ok(Err(Step::Broken(failure))) => {
            let otherwise = ConnectError::Lost { reason: failure.to_string() };
            Err(explain(connection, otherwise).await)
        }
        Ok(Err(Step::Failed(error))) => Err(error),
        Err(_) => Err(ConnectError::Unanswered { waited: options.budget }),
    }
}

enum Step {
    Broken(StreamFailure),
    Failed(ConnectError),
}

impl From<StreamFailure> for Step {
    fn from(failure: StreamFailure) -> Self {
        match failure {
            StreamFailure::Frame(error) => Self::Failed(ConnectError::protocol(error)),
            other => Self::Broken(other),
        }
    }
}

impl From<ConnectError> for Step {
    fn from(error: ConnectError) -> Self {
        Self::Failed(error)
    }
}

async fn steps(connection: &Connection, options: &ConnectOptions, deadline: Instant) -> Result<Agreed, Step> {
    let (mut sender, stream) =
        connection.open_bi().await.map_err(|e| Step::Failed(crate::dial::from_transport(&e)))?;
    let mut reader = MessageReader::new(stream);
    let asked = Instant::now();
    send(&mut sender, &hello(options).encode()).await?;
    let answer = await_welcome(connection, &mut reader, options, deadline).await?;
    let waited = asked.elapsed();
    let welcome = Welcome::decode(&answer).map_err(ConnectError::protocol)?;
    let params = StreamParams::from_welcome(&welcome).map_err(ConnectError::protocol)?;
    options.report(Progress::Welcomed);

    let host = SocketAddr::new(connection.remote_address().ip(), welcome.data_port);
    let socket = VideoSocket::bind(host).and_then(|socket| socket.connect(host).map(|()| socket));
    let socket = socket.map_err(ConnectError::Local)?;
    send(&mut sender, &Start::new(socket.port()).encode()).await?;
    let mut early = Vec::new();
    let clock = first_clock_sync(&mut sender, &mut reader, &mut early).await?;
    let terms = Terms::of(&welcome);
    // The client's own sealing half has nothing to send (punktfunk/1 §4.1).
    let (_, opener) = welcome.keys.into_client();
    let receiver = VideoReceiver::new(params, opener);
    Ok(Agreed { terms, receiver, clock, socket, sender, reader, early, waited })
}

fn hello(options: &ConnectOptions) -> Hello {
    let cipher = if options.chacha20 { VideoCaps::CHACHA20 } else { VideoCaps::empty() };
    Hello {
        gamepad: options.gamepad,
        bitrate_kbps: options.bitrate_kbps,
        name: options.name.clone(),
        launch: options.launch.clone(),
        video_caps: VideoCaps::HOST_TIMING | VideoCaps::PROBE_ACCOUNTING | cipher,
        audio_channels: options.audio_channels,
        codecs: options.codecs,
        preferred: options.preferred_codec,
        client_caps: ClientCaps::WELCOME_EXTENSIONS,
        max_shard: MAX_SHARD_BYTES,
        ..Hello::new(options.mode)
    }
}

async fn await_welcome(
    connection: &Connection,
    reader: &mut MessageReader,
    options: &ConnectOptions,
    deadline: Instant,
) -> Result<Vec<u8>, StreamFailure> {
    match timeout(APPROVAL_HINT, reader.next()).await {
        Ok(answer) => answer,
        Err(_) => {
            let remaining = deadline.saturating_duration_since(Instant::now());
            let code =
                MatchCode::of(|out, label, context| connection.export_keying_material(out, label, context));
            let (device, code) = (options.identity.id(), code.ok());
            options.report(Progress::WaitingForApproval { device, code, remaining });
            reader.next().await
        }
    }
}

/// The rounds right after Start. A host that does not answer them is not worth the session's end: latencies are then
/// unknown, and nothing else.
async fn first_clock_sync(
    sender: &mut SendStream,
    reader: &mut MessageReader,
    early: &mut Vec<Control>,
) -> Result<Option<ClockEstimate>, StreamFailure> {
    let started = Instant::now();
    let mut clock = ClockSync::new();
    while let Some(probe) = clock.poll(nanoseconds(started.elapsed()), unix_now_ns()) {
        send(sender, &probe.encode()).await?;
        match timeout(CLOCK_ROUND_WAIT, await_echo(reader, &mut clock, early)).await {
            Ok(answered) => answered?,
            Err(_) => clock.abandon(),
        }
    }
    Ok(clock.estimate())
}

async fn await_echo(
    reader: &mut MessageReader,
    clock: &mut ClockSync,
    early: &mut Vec<Control>,
) -> Result<(), StreamFailure> {
    loop {
        match Control::decode(&reader.next().await?) {
            Ok(Control::ClockEcho { t1, t2, t3 }) if clock.on_echo((t1, t2, t3), unix_now_ns()) => {
                return Ok(());
            }
            Ok(Control::ClockEcho { .. }) => {}
            Ok(other) if early.len() < MAX_EARLY => early.push(other),
            _ => {}
        }
    }
}

/// The wall clock, which is what stamps travel in: nanoseconds since 1970.
pub(crate) fn unix_now_ns() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, nanoseconds)
}

/// A duration as the state machines of `punktfunk-core` take it; 584 years are enough.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
