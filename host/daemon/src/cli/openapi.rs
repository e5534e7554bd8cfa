//! `openapi`: the description of the API.

use std::process::ExitCode;

use super::print::Output;
use crate::console;

/// Prints the OpenAPI document of this version, which `docs/api/openapi.json` is a copy of.
pub(super) fn run() -> ExitCode {
    Output::JSON.show(&console::openapi(), String::new);
    ExitCode::from(super::DONE)
}
