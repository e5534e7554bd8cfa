//! The host daemon: doors, sessions, the console API and the command line.
//!
//! [`serve::start`] puts a whole host together in this process; the binary adds [`cli`] around it. Every door speaks its
//! protocol, asks trust who is knocking and policy what is allowed, and joins a [`session`]; all of them share one
//! [`app::Host`].

pub mod app;
pub mod appliance;
pub mod apps;
pub mod backup;
mod banner;
pub mod cli;
pub mod console;
pub mod discovery;
pub mod doctor;
pub mod gamestream;
mod input;
pub mod logging;
pub mod native;
pub mod notify;
pub mod owner;
pub mod ports;
pub mod record;
pub mod serve;
pub mod session;
