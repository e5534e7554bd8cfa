//! The control stream: sealed messages over ENet (GameStream §4).

mod enet;
mod envelope;
pub(crate) mod message;
pub(crate) mod thread;
