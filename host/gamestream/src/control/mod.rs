//! The control stream: sealed messages over ENet (GameStream §4).

pub(crate) mod enet;
pub(crate) mod envelope;
mod loss;
pub(crate) mod message;
pub(crate) mod thread;
