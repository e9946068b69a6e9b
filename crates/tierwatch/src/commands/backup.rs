//! `tierwatch backup` and `tierwatch restore`: copies of the centre's store.
//!
//! **Room:** layer 3. **May use:** every room.

use crate::{
    clock,
    outcome::{Failure, Outcome, say, say_json},
};
use clap::Args;
use std::path::PathBuf;
use tw_store::{
    DataDir,
    backup::{BackupError, BackupReport},
};

/// Copies the store of a data directory, while a server runs on it or not.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The centre's data directory.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The copy: a new file, or a directory that gets one named after the time.
    #[arg(long, value_name = "FILE|DIR")]
    to: PathBuf,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Puts a copy into a data directory that no server runs on.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The copy.
    from: PathBuf,
    /// The centre's data directory.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Move a store that is there aside instead of refusing.
    #[arg(long)]
    replace: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `tierwatch backup`.
pub(crate) fn backup(args: &BackupArgs) -> Outcome {
    let now = clock::wall_clock(None).now();
    let to = if args.to.is_dir() {
        let stamp: String = now
            .to_string()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        args.to.join(format!("tierwatch-{stamp}.db"))
    } else {
        args.to.clone()
    };
    let report = tw_store::backup::backup(&DataDir(args.data.clone()), &to, now)
        .map_err(|cause| failure(cause, "the store was not copied"))?;
    if args.json {
        return say_json(&report);
    }
    say_report(&report);
    say("The key that seals the secrets is not in the copy: keep seal.key elsewhere.");
    Ok(())
}

/// Runs `tierwatch restore`.
pub(crate) fn restore(args: &RestoreArgs) -> Outcome {
    let now = clock::wall_clock(None).now();
    let dir = DataDir(args.data.clone());
    let report = tw_store::backup::restore(&args.from, &dir, args.replace, now)
        .map_err(|cause| failure(cause, "nothing was put back"))?;
    if args.json {
        return say_json(&report);
    }
    say_report(&report.copy);
    if let Some(before) = &report.before {
        say(format_args!(
            "The store that was there is now {}.",
            before.display()
        ));
    }
    if !report.secrets_open {
        let key = report.copy.seal_key.as_deref().unwrap_or("?");
        say(format_args!(
            "The secrets need key {key}: put its seal.key into {}, or enter the secrets anew.",
            args.data.display()
        ));
    }
    Ok(())
}

fn say_report(report: &BackupReport) {
    say(format_args!(
        "{}  {} bytes",
        report.file.display(),
        report.bytes
    ));
    say(format_args!(
        "made {}, schema {}, register revision {}, {} rows in the audit log",
        report.made_at, report.schema, report.register_revision, report.audit_rows
    ));
}

/// What the caller named wrongly is bad input, the rest is the world.
fn failure(cause: BackupError, what: &'static str) -> Failure {
    match cause {
        BackupError::Exists { .. } | BackupError::Open(tw_store::OpenError::Missing { .. }) => {
            Failure::input(cause)
        }
        other => Failure::CouldNot(anyhow::Error::from(other).context(what)),
    }
}
