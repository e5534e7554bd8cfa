//! Pictures on their way: frames cut into packets, parity added, each sealed and sent (GameStream §5).

pub(crate) mod fec;
pub(crate) mod field;
mod fours;
pub(crate) mod kernel;
pub(crate) mod packetiser;
pub(crate) mod sender;
mod start;
