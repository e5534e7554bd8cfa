//! The client's control connection, on a thread of its own.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusty_enet::{EventNoRef, Host, HostSettings, Packet};

use super::{PATIENCE, gcm};

/// What the thread reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    Connected,
    /// A message of the host.
    Said(u16, Vec<u8>),
    Disconnected,
}

enum Order {
    Send { channel: u8, kind: u16, payload: Vec<u8> },
    Raw(Vec<u8>),
    Disconnect,
    Die,
}

/// The connection.
pub struct Control {
    orders: Sender<Order>,
    pub news: Receiver<News>,
    /// Numbers of the host's messages.
    pub numbers: Arc<Mutex<Vec<u32>>>,
}

impl Control {
    /// Connects and says the first messages.
    pub fn connect(
        from: IpAddr,
        host: IpAddr,
        port: u16,
        secret: u32,
        key: [u8; 16],
    ) -> Result<Self, String> {
        let socket = UdpSocket::bind((from, 0)).map_err(|error| error.to_string())?;
        let (orders, taken) = channel();
        let (told, news) = channel();
        let numbers = Arc::<Mutex<Vec<u32>>>::default();
        let seen = Arc::clone(&numbers);
        std::thread::spawn(move || {
            run(socket, SocketAddr::new(host, port), secret, key, &taken, &told, &seen);
        });
        let control = Self { orders, news, numbers };
        match control.news.recv_timeout(PATIENCE) {
            Ok(News::Connected) => {}
            other => return Err(format!("the control stream did not connect: {other:?}")),
        }
        control.send(0, 0x0302, &[0, 0]);
        control.send(0, 0x0307, &[0]);
        Ok(control)
    }

    pub fn send(&self, channel: u8, kind: u16, payload: &[u8]) {
        let _ = self.orders.send(Order::Send { channel, kind, payload: payload.to_vec() });
    }

    /// What reports how blocks arrived.
    pub fn reporter(&self) -> impl Fn(&[u8]) + Send + 'static + use<> {
        let orders = self.orders.clone();
        move |status| {
            let _ = orders.send(Order::Send { channel: 0, kind: 0x5502, payload: status.to_vec() });
        }
    }

    /// An input packet, in hexadecimal digits.
    pub fn input(&self, channel: u8, packet: &str) {
        self.send(channel, 0x0206, &hex::decode(packet).expect("hexadecimal digits"));
    }

    pub fn request_idr(&self) {
        self.send(1, 0x0302, &[0, 0]);
    }

    /// A packet as it is.
    pub fn raw(&self, bytes: &[u8]) {
        let _ = self.orders.send(Order::Raw(bytes.to_vec()));
    }

    /// Leaves politely.
    pub fn disconnect(&self) {
        let _ = self.orders.send(Order::Disconnect);
    }

    /// Falls silent.
    pub fn die(&self) {
        let _ = self.orders.send(Order::Die);
    }

    /// Waits for a message of this kind.
    pub fn hear(&self, kind: u16) -> Option<Vec<u8>> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.news.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(News::Said(said, payload)) if said == kind => return Some(payload),
                Ok(News::Disconnected) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Waits until the host has disconnected; whether it did in time.
    pub fn is_over_within(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        loop {
            match self.news.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(News::Disconnected) | Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
                Ok(_) => {}
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.disconnect();
    }
}

fn run(
    socket: UdpSocket,
    host: SocketAddr,
    secret: u32,
    key: [u8; 16],
    orders: &Receiver<Order>,
    news: &Sender<News>,
    numbers: &Mutex<Vec<u32>>,
) {
    let mut enet =
        Host::new(socket, HostSettings { peer_limit: 1, channel_limit: 0x30, ..HostSettings::default() })
            .expect("ENet");
    let peer = enet.connect(host, 0x30, secret).expect("a peer").id();
    let (mut sequence, mut last_ping) = (0_u32, Instant::now());
    let mut connected = false;
    let begun = Instant::now();
    let mut seal = |kind: u16, payload: &[u8]| {
        let inner = [&kind.to_le_bytes()[..], &(payload.len() as u16).to_le_bytes(), payload].concat();
        let (tag, sealed) = gcm::seal(&key, gcm::nonce(sequence, b"CC"), &inner);
        let length = (4 + 16 + sealed.len()) as u16;
        let message =
            [&1_u16.to_le_bytes()[..], &length.to_le_bytes(), &sequence.to_le_bytes(), &tag, &sealed]
                .concat();
        sequence += 1;
        message
    };
    loop {
        while let Ok(Some(event)) = enet.service() {
            match event.no_ref() {
                EventNoRef::Connect { .. } => {
                    connected = true;
                    let _ = news.send(News::Connected);
                }
                EventNoRef::Disconnect { .. } => {
                    let _ = news.send(News::Disconnected);
                    return;
                }
                EventNoRef::Receive { packet, .. } => {
                    let data = packet.data();
                    let number = u32::from_le_bytes(data[4..8].try_into().expect("4 bytes"));
                    numbers.lock().unwrap_or_else(PoisonError::into_inner).push(number);
                    let inner =
                        gcm::open(&key, gcm::nonce(number, b"HC"), &data[8..24], &data[24..]).expect("a tag");
                    let kind = u16::from_le_bytes([inner[0], inner[1]]);
                    let _ = news.send(News::Said(kind, inner[4..].to_vec()));
                }
            }
        }
        if !connected && begun.elapsed() > Duration::from_secs(5) {
            let _ = news.send(News::Disconnected);
            return;
        }
        if connected && last_ping.elapsed() >= Duration::from_millis(100) {
            last_ping = Instant::now();
            let ping = seal(0x0200, &[4, 0, 0, 0, 0, 0, 0, 0]);
            let _ = enet.peer_mut(peer).send(0, &Packet::reliable(ping));
        }
        match orders.recv_timeout(Duration::from_millis(2)) {
            Ok(Order::Send { channel, kind, payload }) => {
                let message = seal(kind, &payload);
                let _ = enet.peer_mut(peer).send(channel, &Packet::reliable(message));
            }
            Ok(Order::Raw(bytes)) => {
                let _ = enet.peer_mut(peer).send(0, &Packet::reliable(bytes));
            }
            Ok(Order::Disconnect) => enet.peer_mut(peer).disconnect_later(0),
            Ok(Order::Die) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
