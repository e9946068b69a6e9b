//! `tierwatch check PATH…`: says everything that is wrong in files, and changes nothing.
//!
//! **Room:** layer 3. **May use:** every room.

mod settings;

use crate::outcome::{Failure, Outcome, say, say_json};
use clap::Args;
use serde_json::json;
use settings::Sort;
use std::path::{Path, PathBuf};
use tw_config::{Inventory, LoadError, Problem, Problems, SettingsError};
use tw_model::{Kind, Word};

/// Check inventories and settings without starting or storing anything.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Folders of an inventory, single files of one, settings (serve.yaml, collect.yaml), or a
    /// folder with settings, as /etc/tierwatch.
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
        check(path, args.json, &mut all)?;
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

fn check(path: &Path, quiet: bool, all: &mut Problems) -> Outcome {
    let found = match settings::sort_of(path) {
        Sort::Inventory => return check_inventory(path, quiet, all),
        Sort::Machine => {
            for file in settings::files_of(path) {
                check(&file, quiet, all)?;
            }
            return Ok(());
        }
        Sort::Collector => settings::collector(path).map_err(|cause| not_read(cause, path))?,
        Sort::Centre => {
            let (found, inventory) =
                settings::centre(path).map_err(|cause| not_read(cause, path))?;
            if let Some(folder) = inventory {
                check_inventory(&folder, quiet, all)?;
            }
            found
        }
    };
    if found.is_empty() && !quiet {
        say(format!("{}: good settings", path.display()));
    }
    keep(all, found, 0);
    Ok(())
}

fn check_inventory(path: &Path, quiet: bool, all: &mut Problems) -> Outcome {
    match tw_config::load(path) {
        Ok(_) if quiet => {}
        Ok(inventory) => say(good(path, &inventory)),
        Err(LoadError::Wrong(problems)) => keep(all, problems.problems, problems.dropped),
        Err(cause) => return Err(unreadable(cause, path)),
    }
    Ok(())
}

fn keep(all: &mut Problems, found: Vec<Problem>, dropped: usize) {
    all.problems.extend(found);
    all.dropped += dropped;
}

/// Loads the inventory of a folder for a command that goes on with it.
pub(crate) fn load(path: &Path) -> Result<Inventory, Failure> {
    tw_config::load(path).map_err(|cause| match cause {
        LoadError::Wrong(problems) => Failure::BadInput(lines(&problems, false)),
        cause @ LoadError::Read { .. } => unreadable(cause, path),
    })
}

fn unreadable(cause: LoadError, path: &Path) -> Failure {
    let why = anyhow::Error::new(cause).context(format!("cannot check {}", path.display()));
    Failure::CouldNot(why)
}

fn not_read(cause: SettingsError, path: &Path) -> Failure {
    let why = anyhow::Error::new(cause).context(format!("cannot check {}", path.display()));
    Failure::CouldNot(why)
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
