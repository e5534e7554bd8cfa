//! `openapi`: the description of the API.

use std::process::ExitCode;

use super::print::{self, Output};
use crate::console;

/// Prints the OpenAPI document of this version, which `docs/api/openapi.json` is a copy of.
pub fn run() -> ExitCode {
    let document = console::openapi();
    Output { json: true }.show(&document, String::new);
    print::outcome(Output { json: false }, Ok(()))
}
