//! The A/B update client of a flashed punktfunk box.
//!
//! A feed is static files: a signed [`manifest`] and the images that it names. The client checks the signature, the
//! manifest's age and the box's floor before the first byte is written ([`offer`], [`install`]), fills the slot that does
//! not run with what it fetches and what the running slot has already ([`chunks`]), and puts the boot entry in place last.
//! The new version is tried, and stays only once its [`gate`] has opened ([`trial`]).

pub mod bundle;
pub mod chunks;
pub mod cli;
pub mod durable;
pub mod feed;
pub mod gate;
pub mod guard;
pub mod hash;
pub mod install;
pub mod manifest;
pub mod offer;
pub mod signature;
pub mod slots;
pub mod state;
pub mod status;
pub mod tree;
pub mod trial;
pub mod version;
pub mod window;
