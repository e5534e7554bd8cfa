use std::any::Any;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use quinn::congestion::{Controller, ControllerFactory};
use quinn::{Connection, SendDatagramError};
use tokio::time::timeout;

use super::SOCKET_BUFFER;
use super::meter::{Meter, RUN, Tally};
use crate::quic::{block_on, configs_with, endpoint};
use crate::{SHARD, bytes};

/// Bytes that may be on their way. Of windows between 128 KiB and 1 MiB this is the one with which QUIC does best.
const WINDOW: u64 = 256 << 10;
/// Datagrams between two looks at the clock.
const TURN: u64 = 20;
/// What is on its way when the sender ends has arrived by then.
const LAST: Duration = Duration::from_millis(100);
/// An end that is not done by then is alone: on a busy machine the other's last word can be lost.
const ALONE: Duration = Duration::from_secs(2);

/// Sends datagrams as fast as they go: what the sender did, and the receiver.
pub(super) fn run() -> (Tally, Tally) {
    let (server, client) = configs_with(Arc::new(Constant));
    let (tell, address) = mpsc::channel();
    thread::scope(|scope| {
        let sender = scope.spawn(move || {
            block_on(async {
                let endpoint = endpoint(Some(server), SOCKET_BUFFER);
                tell.send(endpoint.local_addr().unwrap()).unwrap();
                let connection = endpoint.accept().await.unwrap().await.unwrap();
                let tally = send(&connection).await;
                let _ = timeout(LAST, connection.closed()).await;
                connection.close(0u8.into(), b"done");
                let _ = timeout(LAST, endpoint.wait_idle()).await;
                tally
            })
        });
        let receiver = scope.spawn(move || {
            block_on(async {
                let endpoint = endpoint(None, SOCKET_BUFFER);
                let connecting = endpoint.connect_with(client, address.recv().unwrap(), "bench").unwrap();
                receive(&connecting.await.unwrap()).await
            })
        });
        (sender.join().unwrap(), receiver.join().unwrap())
    })
}

async fn send(connection: &Connection) -> Tally {
    let (payload, mut meter) = (Bytes::from(bytes(SHARD)), Meter::new());
    let sending = async {
        loop {
            for _ in 0..TURN {
                connection.send_datagram_wait(payload.clone()).await?;
            }
            if !meter.add(TURN) {
                return Ok::<(), SendDatagramError>(());
            }
        }
    };
    let _ = timeout(RUN + ALONE, sending).await;
    meter.end()
}

async fn receive(connection: &Connection) -> Tally {
    let (mut meter, mut come) = (Meter::new(), 0);
    let receiving = async {
        while let Ok(datagram) = connection.read_datagram().await {
            assert_eq!(datagram.len(), SHARD);
            come += 1;
            if come == TURN {
                meter.add(come);
                come = 0;
            }
        }
    };
    let _ = timeout(RUN + ALONE, receiving).await;
    meter.end()
}

/// A window that never changes.
#[derive(Debug, Clone, Copy)]
struct Constant;

impl ControllerFactory for Constant {
    fn build(self: Arc<Self>, _: Instant, _: u16) -> Box<dyn Controller> {
        Box::new(*self)
    }
}

impl Controller for Constant {
    fn on_congestion_event(&mut self, _: Instant, _: Instant, _: bool, _: u64) {}

    fn on_mtu_update(&mut self, _: u16) {}

    fn window(&self) -> u64 {
        WINDOW
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(*self)
    }

    fn initial_window(&self) -> u64 {
        WINDOW
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
