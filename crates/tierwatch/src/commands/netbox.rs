//! `tierwatch netbox`: reads a NetBox into the register, and the device-type library.
//!
//! **Room:** layer 3. **May use:** every room. **Must not:** plan; `tw-lifecycle` does.

use crate::{
    clock::wall_clock,
    outcome::{Failure, Outcome, say, say_json},
};
use anyhow::Context;
use clap::{Args, Subcommand};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tw_config::{SettingsError, read_settings};
use tw_lifecycle::netbox::{ModelLine, SyncLine, plan_library_type, read_library_type};
use tw_model::{Absent, AssetClass, Register, Word, apply, plan, validate};
use tw_server::{NetboxError, NetboxSettings, SyncMode, SyncReport, sync_netbox};
use tw_store::{Author, Store, StoreSettings};

/// The most files of a library that are read.
const LIBRARY_FILES_MAX: usize = 20_000;

/// Read a NetBox, or the device-type library; nothing is ever written there.
#[derive(Debug, Subcommand)]
pub(crate) enum NetboxCommand {
    /// Compare a NetBox with the register and carry over what it owns. The first sync of a
    /// source only shows what it would do. Exit code 3: too much would change, nothing was done.
    Sync(SyncArgs),
    /// Take models over from files of the device-type library: height, part number, power.
    Types(TypesArgs),
}

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    /// The file with the settings: `url`, `token_env` or `token_file`, `filter`, `mapping`.
    #[arg(long)]
    settings: PathBuf,
    /// The directory with the centre's data.
    #[arg(long)]
    data: PathBuf,
    /// Change nothing, only show.
    #[arg(long)]
    dry_run: bool,
    /// Carry it over even if it is the first sync of the source.
    #[arg(long, conflicts_with = "dry_run")]
    apply: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TypesArgs {
    /// A folder of YAML files, as `device-types/Cisco`; folders below it are read, too.
    dir: PathBuf,
    /// The directory with the centre's data.
    #[arg(long)]
    data: PathBuf,
    /// What the models are, as `switch` or `server`; the library does not say it.
    #[arg(long, default_value = "other")]
    class: String,
    /// Change nothing, only show.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: NetboxCommand) -> Outcome {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    match command {
        NetboxCommand::Sync(args) => runtime.block_on(sync(&args)),
        NetboxCommand::Types(args) => runtime.block_on(types(&args)),
    }
}

fn open(data: &Path) -> Result<Store, Failure> {
    let store = Store::open(&StoreSettings::tool(data), wall_clock(None));
    Ok(store.map_err(anyhow::Error::from)?)
}

fn bad_file(cause: SettingsError) -> Failure {
    match cause {
        SettingsError::Wrong { .. } => Failure::input(cause),
        SettingsError::Read { .. } => Failure::CouldNot(cause.into()),
    }
}

async fn sync(args: &SyncArgs) -> Outcome {
    let settings: NetboxSettings = read_settings(&args.settings).map_err(bad_file)?;
    let wrong = settings.validate();
    if !wrong.is_empty() {
        let named = wrong
            .iter()
            .map(|why| format!("{}: {why}", args.settings.display()));
        return Err(Failure::BadInput(named.collect()));
    }
    let mode = match (args.dry_run, args.apply) {
        (true, _) => Some(SyncMode::Dry),
        (false, true) => Some(SyncMode::Real),
        (false, false) => None,
    };
    let store = open(&args.data)?;
    let now = wall_clock(None).now();
    let report = sync_netbox(&store, &settings, (mode, now), &Author::local("cli")).await;
    let report = report.map_err(|cause| match cause {
        NetboxError::FilterIgnored(_) | NetboxError::Address(_) | NetboxError::Token(_) => {
            Failure::input(cause)
        }
        cause => Failure::CouldNot(cause.into()),
    })?;
    if args.json {
        say_json(&report)?;
    } else {
        show(&report);
    }
    match report.why {
        None => Ok(()),
        Some(why) => Err(Failure::ConditionFailed(format!(
            "stopped: {why}; nothing was changed"
        ))),
    }
}

fn show(report: &SyncReport) {
    let counts = &report.counts;
    let verb = if report.mode == SyncMode::Dry || report.why.is_some() {
        "would be"
    } else {
        "were"
    };
    say(format_args!(
        "{}: {} {verb} created, {} changed; {} unchanged, {} missing in NetBox, {} ambiguous, \
         {} refused, {} unreadable",
        report.source,
        counts.create,
        counts.update,
        counts.unchanged,
        counts.missing_in_source,
        counts.ambiguous,
        counts.refused,
        counts.unreadable
    ));
    report.models.iter().for_each(show_model);
    report.lines.iter().for_each(show_line);
    report
        .unreadable
        .iter()
        .for_each(|row| say(format_args!("  unreadable: {row}")));
    if report.lines_left_out > 0 {
        say(format_args!("  and {} more", report.lines_left_out));
    }
    if report.mode == SyncMode::Dry && report.why.is_none() {
        say("nothing was changed: this was a dry run; run it again to carry it over");
    }
}

fn show_line(line: &SyncLine) {
    let tag = line.tag.as_ref().map_or("-", |tag| tag.as_str());
    say(format_args!(
        "  {tag} (device {}): {:?}",
        line.remote_id, line.outcome
    ));
    for field in &line.fields {
        let shown = |value: &Option<serde_json::Value>| {
            value
                .as_ref()
                .map_or("nothing".to_owned(), ToString::to_string)
        };
        let (from, to) = (shown(&field.from), shown(&field.to));
        say(format_args!("    {}: {from} -> {to}", field.path));
    }
    for note in &line.notes {
        say(format_args!("    {:?}: {}", note.kind, note.detail));
    }
}

fn show_model(line: &ModelLine) {
    say(format_args!(
        "  model {}: {:?} {}",
        line.name,
        line.outcome,
        line.changes.join(", ")
    ));
}

async fn types(args: &TypesArgs) -> Outcome {
    let class = AssetClass::from_word(&args.class).ok_or_else(|| {
        Failure::input(format!(
            "--class: one of {}",
            AssetClass::words().join(", ")
        ))
    })?;
    let mut files = Vec::new();
    find(&args.dir, 0, &mut files)?;
    let store = open(&args.data)?;
    let stored = store.load_register().await.map_err(anyhow::Error::from)?;
    let (mut wanted, mut lines, mut wrong) = (stored.register.clone(), Vec::new(), Vec::new());
    for file in &files {
        let read: serde_json::Value = read_settings(file).map_err(bad_file)?;
        match read_library_type(&read) {
            Ok(kind) => {
                let line = plan_library_type(&wanted, &kind, class);
                take(&mut wanted, &line);
                lines.push(line);
            }
            Err(why) => wrong.push(format!("{}:1: {}", file.display(), why.why)),
        }
    }
    let known = validate(&stored.register);
    let new = validate(&wanted)
        .into_iter()
        .filter(|found| !known.contains(found));
    wrong.extend(new.map(|found| format!("{} {}: {}", found.kind, found.id, found.message)));
    if !wrong.is_empty() {
        return Err(Failure::BadInput(wrong));
    }
    let changes = plan(&wanted, &stored.register, Absent::Keep);
    if !args.dry_run {
        // The same checks as for an inventory: a plan that cannot be applied is not sent.
        apply(&changes, &stored.register).map_err(anyhow::Error::from)?;
        let author = Author::local("cli");
        let applied = store
            .apply_plan(changes, Some(stored.revision), &author)
            .await;
        applied.map_err(anyhow::Error::from)?;
    }
    if args.json {
        return say_json(&lines);
    }
    lines.iter().for_each(show_model);
    say(format_args!(
        "{} types of {} files",
        lines.len(),
        files.len()
    ));
    Ok(())
}

fn take(wanted: &mut Register, line: &ModelLine) {
    if let Some(maker) = &line.maker {
        wanted.manufacturers.insert(maker.id.clone(), maker.clone());
    }
    if let Some(model) = &line.after {
        wanted.models.insert(model.id.clone(), model.clone());
    }
}

fn find(dir: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    /// `device-types/<maker>/<file>` and one above.
    const DEPTH_MAX: usize = 4;
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .with_context(|| format!("cannot read {}", dir.display()))?;
    paths.sort();
    for path in paths {
        let yaml = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        if path.is_dir() && depth < DEPTH_MAX {
            find(&path, depth + 1, files)?;
        } else if yaml && files.len() == LIBRARY_FILES_MAX {
            return Err(Failure::input(format!(
                "more than {LIBRARY_FILES_MAX} files"
            )));
        } else if yaml {
            files.push(path);
        }
    }
    Ok(())
}
