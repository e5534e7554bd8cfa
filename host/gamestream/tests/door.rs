//! The whole life of a Moonlight client at the door: pairing, launching, streaming, leaving.

mod client;
#[path = "door/house.rs"]
mod house;

#[path = "door/adversaries.rs"]
mod adversaries;
#[path = "door/api.rs"]
mod api;
#[path = "door/apps.rs"]
mod apps;
#[path = "door/pairing.rs"]
mod pairing;
#[path = "door/sound.rs"]
mod sound;
#[path = "door/streams.rs"]
mod streams;
#[path = "door/traps.rs"]
mod traps;
