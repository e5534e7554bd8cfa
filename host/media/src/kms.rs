//! The machine's own screens, by kernel mode setting.
//!
//! Reading what another process shows takes `CAP_SYS_ADMIN`, which nothing that faces a network may hold. So the work
//! is split: the [`Broker`] (the program `punktfunk-screen`) runs apart, looks at the cards without ever being their
//! master, and hands out read-only dma-buf descriptors over a local socket; [`KmsSource`] is its client in the host.
//! [`protocol`] is what they say to each other. [`Panel`] is for a screen that nobody else draws on.

mod broker;
mod card;
mod cards;
mod compose;
mod confine;
mod edid;
mod error;
mod fields;
mod link;
mod mapping;
mod panel;
mod probe;
pub mod protocol;
mod socket;
mod source;
mod watch;

pub use broker::Broker;
pub use error::ScreenError;
pub use panel::{Panel, PanelError};
pub use probe::{Finding, look, probe};
pub use source::{KmsSource, KmsSpec, ScreenMemory};
