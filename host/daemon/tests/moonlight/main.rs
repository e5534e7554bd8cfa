//! A whole host with its Moonlight door open, and a client written from the protocol's description.

mod apps;
mod both;
#[path = "../../../gamestream/tests/client/mod.rs"]
mod client;
mod common;

mod life;
