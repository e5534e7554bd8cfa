//! The asynchronous half of a session: control stream, QUIC datagrams, clock, and the watch for the end.

use std::sync::Arc;
use std::time::Duration;

use punktfunk_core::clock::ClockSync;
use punktfunk_core::wire::Control;
use quinn::SendStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use crate::error::SessionEnd;
use crate::framed::{MessageReader, send};
use crate::handshake::{CLOCK_ROUND_WAIT, nanoseconds, unix_now_ns};
use crate::session::Session;

/// Clocks drift: a small batch of rounds about once a minute (punktfunk/1 §2.8).
const CLOCK_BATCH_EVERY: Duration = Duration::from_nanos(ClockSync::REPEAT_NS);
const CLOCK_BATCH: u8 = 4;

/// The answer to a clock probe, and the wall clock when it came.
struct Echo {
    stamps: (u64, u64, u64),
    arrived: u64,
}

/// Starts what a session needs beside its video thread. All of it ends with the connection.
pub(crate) fn spawn(
    session: &Arc<Session>,
    sender: SendStream,
    reader: MessageReader,
    messages: mpsc::Receiver<Control>,
) {
    tokio::spawn(write_control(sender, messages));
    let (echo, echoes) = mpsc::channel(CLOCK_BATCH.into());
    tokio::spawn(read_control(Arc::clone(session), reader, echo));
    tokio::spawn(read_datagrams(Arc::clone(session)));
    tokio::spawn(keep_clock(Arc::clone(session), echoes));
    tokio::spawn(watch_end(Arc::clone(session)));
}

async fn write_control(mut sender: SendStream, mut messages: mpsc::Receiver<Control>) {
    while let Some(message) = messages.recv().await {
        if send(&mut sender, &message.encode()).await.is_err() {
            return;
        }
    }
}

async fn read_control(session: Arc<Session>, mut reader: MessageReader, echoes: mpsc::Sender<Echo>) {
    loop {
        match reader.next().await {
            Ok(payload) => match Control::decode(&payload) {
                Ok(Control::ClockEcho { t1, t2, t3 }) => {
                    // One that nobody waits for is worth nothing.
                    let _ = echoes.try_send(Echo { stamps: (t1, t2, t3), arrived: unix_now_ns() });
                }
                Ok(message) => session.on_control(message),
                Err(error) => tracing::debug!(%error, "a control message is skipped"),
            },
            Err(error) => {
                tracing::debug!(%error, "the control stream ended");
                return;
            }
        }
    }
}

async fn read_datagrams(session: Arc<Session>) {
    while let Ok(datagram) = session.connection().read_datagram().await {
        session.on_datagram(&datagram);
    }
}

async fn keep_clock(session: Arc<Session>, mut echoes: mpsc::Receiver<Echo>) {
    let started = Instant::now();
    while session.end().is_none() {
        sleep(CLOCK_BATCH_EVERY).await;
        let mut clock = ClockSync::with_rounds(CLOCK_BATCH);
        while let Some(probe) = clock.poll(nanoseconds(started.elapsed()), unix_now_ns()) {
            session.send_control(probe);
            match timeout(CLOCK_ROUND_WAIT, echoes.recv()).await {
                Ok(Some(echo)) if clock.on_echo(echo.stamps, echo.arrived) => {}
                _ => clock.abandon(),
            }
        }
        if let Some(estimate) = clock.estimate() {
            session.on_clock(estimate);
        }
    }
}

async fn watch_end(session: Arc<Session>) {
    let error = session.connection().closed().await;
    session.on_end(SessionEnd::from_transport(&error));
}
