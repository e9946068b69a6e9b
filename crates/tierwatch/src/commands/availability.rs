//! `tierwatch availability`: availability figures for auditors.
//!
//! **Room:** layer 3. **May use:** `tw-availability`. **Must not:** compute a figure; it reads,
//! asks and prints.

mod read;
#[cfg(test)]
mod tests;
mod view;
#[cfg(test)]
mod whole_year;

use crate::{
    json_input::read_json,
    outcome::{Failure, Outcome, say, say_json},
};
use clap::{Args, Subcommand};
use std::io::IsTerminal;

/// Availability with bounds, from evidence.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judge one service over one period from a file of evidence.
    Evaluate(Evaluate),
}

#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    /// The evidence as JSON; `-` reads standard input.
    file: String,
    /// Print JSON also on a terminal.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Evaluate(args) => evaluate(&args),
    }
}

fn evaluate(args: &Evaluate) -> Outcome {
    let input = read_json(&args.file, read::evaluation)?;
    let report = view::report(&input).map_err(|e| Failure::input(format!("{}: {e}", args.file)))?;
    if args.json || !std::io::stdout().is_terminal() {
        return say_json(&report);
    }
    say(report.table());
    Ok(())
}
