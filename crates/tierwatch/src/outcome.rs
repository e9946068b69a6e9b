//! How a command ends: what is printed and with which exit code.
//!
//! **Room:** layer 3. **May use:** nothing of ours.

use serde::Serialize;
use std::{fmt, io::Write, process::ExitCode};

/// Why a command did not succeed; the variant decides the exit code.
#[derive(Debug)]
pub(crate) enum Failure {
    /// 1: the world did not let us.
    CouldNot(anyhow::Error),
    /// 2: the input is wrong. One line each, with file and line where there are any.
    BadInput(Vec<String>),
    /// 3: all went well, and the condition that was asked for does not hold.
    ConditionFailed(String),
}

impl From<anyhow::Error> for Failure {
    fn from(cause: anyhow::Error) -> Self {
        Self::CouldNot(cause)
    }
}

impl Failure {
    /// A single complaint about the input.
    pub(crate) fn input(message: impl fmt::Display) -> Self {
        Self::BadInput(vec![message.to_string()])
    }
}

/// What every command returns.
pub(crate) type Outcome = Result<(), Failure>;

/// Prints the failure, if any, once and in full, and gives the exit code.
pub(crate) fn finish(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::CouldNot(cause)) => {
            complain(&format!("tierwatch: {cause:#}"));
            ExitCode::from(1)
        }
        Err(Failure::BadInput(lines)) => {
            for line in &lines {
                complain(line);
            }
            ExitCode::from(2)
        }
        Err(Failure::ConditionFailed(why)) => {
            complain(&why);
            ExitCode::from(3)
        }
    }
}

fn complain(line: &str) {
    // A closed standard error leaves nobody to tell.
    writeln!(std::io::stderr().lock(), "{line}").ok();
}

/// Writes a line to standard output. A reader that went away (`| head`) is no failure.
pub(crate) fn say(line: impl fmt::Display) {
    writeln!(std::io::stdout().lock(), "{line}").ok();
}

/// Writes a value as JSON, indented.
pub(crate) fn say_json<T: Serialize>(value: &T) -> Outcome {
    let text = serde_json::to_string_pretty(value).map_err(anyhow::Error::from)?;
    say(text);
    Ok(())
}
