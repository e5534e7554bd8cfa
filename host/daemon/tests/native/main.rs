//! A whole host in process, its native door on a free port, and clients at the door: the reference client, and a raw one
//! for what no honest client does. Every test is a fact of `punktfunk/1`.
#![allow(missing_docs, clippy::unwrap_used)] // a test that cannot go on fails, and says where

mod certificates;
mod common;
mod gates;
mod knocks;
mod lifecycle;
mod pairing;
mod patience;
mod raw;
mod sound;
mod streams;
mod wire;
