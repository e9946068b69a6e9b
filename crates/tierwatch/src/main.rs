//! The command line: the only place that ends the process.
//!
//! **Room:** layer 3. **May use:** every room. **Must not:** decide anything that a pure room
//! could decide.

mod clock;
mod commands;
mod json_input;
mod logging;
mod outcome;
mod running;

use clap::Parser;
use std::process::ExitCode;

/// Manage the infrastructure of an organisation with several sites: poll, prove availability,
/// track the equipment's life, diagnose WAN links.
///
/// Exit codes: 0 good, 1 could not do it, 2 bad input, 3 a check failed its condition.
#[derive(Debug, Parser)]
#[command(
    name = "tierwatch",
    version,
    propagate_version = true,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: commands::Command,
}

fn main() -> ExitCode {
    outcome::finish(commands::run(Cli::parse().command))
}
