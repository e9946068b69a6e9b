//! `tierwatch reconcile …`: the register beside what was seen, on a data directory, whether a
//! server runs on it or not.
//!
//! **Room:** layer 3. **May use:** every room. **Must not:** decide what disagrees.

use super::token::{DataDir, on_data};
use crate::outcome::{Outcome, say, say_json};
use clap::{Args, Subcommand};
use tw_api::Discrepancy;

/// The register beside what was seen.
#[derive(Debug, Subcommand)]
pub(crate) enum ReconcileCommand {
    /// Compare now, and say what changed; the register is only read.
    Run(DataDir),
    /// List the discrepancies that are open.
    List(ListArgs),
    /// Write what was seen into the register, with an entry in the audit log.
    Accept(AcceptArgs),
}

/// Which discrepancies.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    data: DataDir,
    /// open, accepted, dismissed, fixed or all.
    #[arg(long, default_value = "open", value_parser = ["open", "accepted", "dismissed", "fixed", "all"])]
    status: String,
}

/// Which discrepancy.
#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    data: DataDir,
    /// Its number, as in the list.
    id: String,
    /// Why.
    #[arg(long)]
    note: Option<String>,
}

/// Runs the command.
pub(crate) fn run(command: ReconcileCommand) -> Outcome {
    match command {
        ReconcileCommand::Run(data) => compare(&data),
        ReconcileCommand::List(args) => list(&args),
        ReconcileCommand::Accept(args) => accept(&args),
    }
}

fn compare(data: &DataDir) -> Outcome {
    let done = on_data(data, async |offline| offline.reconcile().await)?;
    if data.json {
        return say_json(&done);
    }
    say(format!(
        "{} opened, {} changed, {} fixed; {} open",
        done.opened, done.changed, done.fixed, done.open
    ));
    Ok(())
}

fn list(args: &ListArgs) -> Outcome {
    let found = on_data(&args.data, async |offline| {
        offline.discrepancies(&args.status).await
    })?;
    if args.data.json {
        return say_json(&found);
    }
    say(format!(
        "{:<6} {:<17} {:<11} {:<14} {:<24} SEEN",
        "ID", "KIND", "STATUS", "ASSET", "RECORDED"
    ));
    for one in &found {
        say(row(one));
    }
    Ok(())
}

fn row(one: &Discrepancy) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let subject = text(&one.asset.clone().or_else(|| one.device.clone()));
    format!(
        "{:<6} {:<17} {:<11} {subject:<14} {:<24} {}",
        one.id,
        one.kind,
        one.status,
        text(&one.recorded),
        text(&one.observed)
    )
}

fn accept(args: &AcceptArgs) -> Outcome {
    let done = on_data(&args.data, async |offline| {
        offline
            .accept_discrepancy(&args.id, args.note.clone())
            .await
    })?;
    if args.data.json {
        return say_json(&done);
    }
    say(row(&done));
    Ok(())
}
