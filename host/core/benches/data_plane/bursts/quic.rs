use std::sync::mpsc;
use std::thread;

use quinn::Connection;
use tokio::time::{sleep_until, timeout_at};

use super::clock::{Meter, Schedule};
use super::{Burst, SOCKET_BUFFER, check};
use crate::quic::{block_on, configs, endpoint};

/// Before the piece of a frame: its number, when its sender had it, and where the piece goes.
const HEADER: usize = 4 + 8 + 4;
/// Datagrams between two chances for the endpoint to send what is queued: as many as it hands to the kernel at once.
const TURN: usize = 10;

/// Sends `frame` in QUIC datagrams as often as `schedule` says.
pub(crate) fn run(frame: &[u8], schedule: &Schedule) -> Burst {
    let (server, client) = configs();
    let (tell, address) = mpsc::channel();
    let (sender, receiver) = thread::scope(|scope| {
        let sender = scope.spawn(move || {
            block_on(async {
                let endpoint = endpoint(Some(server), SOCKET_BUFFER);
                tell.send(endpoint.local_addr().unwrap()).unwrap();
                let connection = endpoint.accept().await.unwrap().await.unwrap();
                send(&connection, frame, schedule).await
            })
        });
        let receiver = scope.spawn(move || {
            block_on(async {
                let address = address.recv().unwrap();
                let connection = endpoint(None, SOCKET_BUFFER)
                    .connect_with(client, address, "bench")
                    .unwrap()
                    .await
                    .unwrap();
                receive(&connection, frame, schedule).await
            })
        });
        (sender.join().unwrap(), receiver.join().unwrap())
    });
    Burst::new(&sender, &receiver, schedule.counted())
}

async fn send(connection: &Connection, frame: &[u8], schedule: &Schedule) -> Meter {
    let mut meter = Meter::default();
    let room = connection.max_datagram_size().unwrap() - HEADER;
    for index in schedule.frames() {
        sleep_until(schedule.due(index).into()).await;
        meter.at(index);
        let sent_ns = schedule.now_ns();
        for (turn, piece) in frame.chunks(room).enumerate() {
            let mut datagram = Vec::with_capacity(HEADER + piece.len());
            datagram.extend_from_slice(&index.to_le_bytes());
            datagram.extend_from_slice(&sent_ns.to_le_bytes());
            datagram.extend_from_slice(&((turn * room) as u32).to_le_bytes());
            datagram.extend_from_slice(piece);
            connection.send_datagram(datagram.into()).unwrap();
            if turn % TURN == TURN - 1 {
                tokio::task::yield_now().await;
            }
        }
    }
    // the last frame is on its way only when the endpoint has had its turn
    let _ = timeout_at(schedule.end().into(), connection.closed()).await;
    meter.end()
}

async fn receive(connection: &Connection, frame: &[u8], schedule: &Schedule) -> Meter {
    let mut meter = Meter::default();
    let (mut whole, mut bytes, mut current) = (vec![0; frame.len()], 0, 0);
    while current < schedule.frames().end
        && let Ok(datagram) = timeout_at(schedule.end().into(), connection.read_datagram()).await
    {
        let datagram = datagram.unwrap();
        let (header, piece) = datagram.split_at(HEADER);
        let index = u32::from_le_bytes(header[..4].try_into().unwrap());
        let sent_ns = u64::from_le_bytes(header[4..12].try_into().unwrap());
        let at = u32::from_le_bytes(header[12..].try_into().unwrap()) as usize;
        if index > current {
            (current, bytes) = (index, 0);
        }
        whole[at..at + piece.len()].copy_from_slice(piece);
        bytes += piece.len();
        if bytes == frame.len() {
            meter.seen(index, schedule.now_ns() - sent_ns);
            check(index, &whole, frame);
            (current, bytes) = (index + 1, 0);
        }
    }
    connection.close(0u8.into(), b"done");
    meter.end()
}
