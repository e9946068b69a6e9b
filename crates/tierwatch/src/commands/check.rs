//! `tierwatch check PATH…`: says everything that is wrong in files, and changes nothing.
//!
//! **Room:** layer 3. **May use:** every room.

use crate::outcome::{Failure, Outcome, say, say_json};
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tw_config::{Inventory, LoadError, Problems};
use tw_model::{Kind, Word};

/// Check inventories without starting or storing anything.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Folders of an inventory, or single files of one.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(crate) fn run(args: &CheckArgs) -> Outcome {
    let mut all = Problems::default();
    for path in &args.paths {
        match tw_config::load(path) {
            Ok(_) if args.json => {}
            Ok(inventory) => say(good(path, &inventory)),
            Err(LoadError::Wrong(problems)) => {
                all.problems.extend(problems.problems);
                all.dropped += problems.dropped;
            }
            Err(cause) => return Err(unreadable(cause, path)),
        }
    }
    if args.json {
        say_json(&json!({
            "good": all.problems.is_empty(),
            "problems": all.problems,
            "dropped": all.dropped,
        }))?;
    }
    if all.problems.is_empty() {
        return Ok(());
    }
    Err(Failure::BadInput(lines(&all, args.json)))
}

/// Loads the inventory of a folder for a command that goes on with it.
pub(crate) fn load(path: &Path) -> Result<Inventory, Failure> {
    tw_config::load(path).map_err(|cause| match cause {
        LoadError::Wrong(problems) => Failure::BadInput(lines(&problems, false)),
        cause @ LoadError::Read { .. } => unreadable(cause, path),
    })
}

fn unreadable(cause: LoadError, path: &Path) -> Failure {
    let why = Err::<(), _>(cause).with_context(|| format!("cannot check {}", path.display()));
    match why {
        Ok(()) => Failure::input("nothing is wrong"),
        Err(why) => Failure::CouldNot(why),
    }
}

/// The complaints for people; when they were printed as JSON already, only how many.
pub(crate) fn lines(problems: &Problems, printed: bool) -> Vec<String> {
    let count = problems.problems.len() + problems.dropped;
    let noun = if count == 1 { "problem" } else { "problems" };
    let mut lines: Vec<String> = if printed {
        Vec::new()
    } else {
        problems.problems.iter().map(ToString::to_string).collect()
    };
    let dropped = match problems.dropped {
        0 => String::new(),
        dropped => format!(", {dropped} of them not shown"),
    };
    lines.push(format!("{count} {noun}{dropped}; nothing was changed"));
    lines
}

fn good(path: &Path, inventory: &Inventory) -> String {
    let counts: Vec<String> = Kind::ALL
        .iter()
        .map(|kind| (inventory.register.count(*kind), *kind))
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| format!("{count} {}", plural(kind, count)))
        .collect();
    format!("{}: good: {}", path.display(), counts.join(", "))
}

fn plural(kind: Kind, count: usize) -> String {
    let word = kind.as_str().replace('_', " ");
    match (kind, count) {
        (_, 1) => word,
        (Kind::Person, _) => "people".to_owned(),
        (Kind::AgePolicy, _) => "age policies".to_owned(),
        (Kind::PlanPolicy, _) => "plan policies".to_owned(),
        (Kind::Firmware, _) => "entries on firmware".to_owned(),
        _ => format!("{word}s"),
    }
}
