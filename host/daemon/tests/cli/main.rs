//! The program as a person or a script runs it: exit codes, what is printed where, and a real host as a child process.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test that fails may panic")]

mod common;
mod config;
mod console;
mod doctor;
mod pair;
mod serve;
mod take_policy;
