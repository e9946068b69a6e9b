//! `tierwatch doctor` and `tierwatch audit verify`: is the store sound?
//!
//! **Room:** layer 3. **May use:** every room.

use crate::{
    clock,
    outcome::{Failure, Outcome, say, say_json},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::{Path, PathBuf};
use tw_store::{
    DataDir, OpenError,
    doctor::{Finding, Level},
};

/// Looks a data directory over without changing it; exit code 3 when there is a problem.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// The centre's data directory.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Follow the chain of hashes; exit code 3 when a row was changed, cut or added.
    Verify(VerifyArgs),
}

/// Which log.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The centre's data directory.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Print the verdict as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    level: Level,
    findings: Vec<Finding>,
}

/// Runs `tierwatch doctor`.
pub(crate) fn run(args: &DoctorArgs) -> Outcome {
    let now = clock::wall_clock(None).now();
    let findings = tw_store::doctor::examine(&DataDir(args.data.clone()), now).map_err(failure)?;
    let level = findings.iter().map(|f| f.level).max().unwrap_or(Level::Ok);
    if args.json {
        say_json(&Report { level, findings })?;
    } else {
        findings.iter().for_each(say_finding);
    }
    if level == Level::Problem {
        return Err(Failure::ConditionFailed(
            "the store has a problem".to_owned(),
        ));
    }
    Ok(())
}

/// Runs `tierwatch audit …`.
pub(crate) fn audit(command: &AuditCommand) -> Outcome {
    let AuditCommand::Verify(args) = command;
    verify(&args.data, args.json)
}

fn verify(data: &Path, json: bool) -> Outcome {
    let verdict = tw_store::verify_audit(&DataDir(data.to_owned())).map_err(failure)?;
    if json {
        say_json(&verdict)?;
    } else if verdict.broken.is_none() {
        say(format_args!(
            "{} rows, all sound; the chain ends at {}",
            verdict.rows, verdict.head
        ));
    }
    match verdict.broken {
        Some(broken) => Err(Failure::ConditionFailed(format!(
            "the audit log is broken at row {}: {}",
            broken.seq, broken.why
        ))),
        None => Ok(()),
    }
}

fn say_finding(finding: &Finding) {
    let level = match finding.level {
        Level::Ok => "ok",
        Level::Warning => "warning",
        Level::Problem => "PROBLEM",
    };
    say(format_args!(
        "{:<15} {level:<8} {}",
        finding.check, finding.message
    ));
}

fn failure(cause: OpenError) -> Failure {
    match cause {
        OpenError::Missing { .. } => Failure::input(cause),
        other => Failure::CouldNot(other.into()),
    }
}
