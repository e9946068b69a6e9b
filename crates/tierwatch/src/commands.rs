//! The nouns of the command line, one file each.
//!
//! **Room:** layer 3. **May use:** every room.

mod snmp;

use crate::outcome::Outcome;
use clap::Subcommand;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask one SNMP agent.
    #[command(subcommand)]
    Snmp(Box<snmp::Command>),
    /// Print the version and how it was built.
    Version,
}

/// Runs one command to its end.
pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Snmp(command) => snmp::run(*command),
        Command::Version => {
            crate::outcome::say(concat!("tierwatch ", env!("CARGO_PKG_VERSION")));
            Ok(())
        }
    }
}
