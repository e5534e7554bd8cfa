//! A whole host in process and its API from outside: HTTPS pinned on the host's certificate, the control socket, and
//! real knocks at the native door.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test that fails may panic")]

mod access;
mod account;
mod backup;
mod browser;
mod clients;
mod common;
mod document;
mod events;
mod full_disk;
mod gate;
mod guards;
mod limits;
mod machine;
#[path = "../../../trust/tests/namespaces/mod.rs"]
mod namespaces;
mod pairing;
mod pending;
mod preview;
mod requests;
mod slow_bodies;
mod status;
