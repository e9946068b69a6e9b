//! `tierwatch openapi print`: the description of the API.
//!
//! **Room:** layer 3. **May use:** `tw-api`.

use crate::outcome::{Outcome, say_json};
use clap::Subcommand;

/// The description of the API.
#[derive(Debug, Subcommand)]
pub(crate) enum OpenapiCommand {
    /// Print the OpenAPI 3.1 document as JSON.
    Print,
}

/// Runs the command.
pub(crate) fn run(command: &OpenapiCommand) -> Outcome {
    match command {
        OpenapiCommand::Print => say_json(&tw_api::document()),
    }
}
