//! `tierwatch asset …`: the register of assets on a data directory, whether a server runs on it
//! or not.
//!
//! **Room:** layer 3. **May use:** every room. **Must not:** judge an asset or a step.
//!
//! Exit codes: 0 done; 1 the store or the disk did not let us; 2 the input is wrong: a file with
//! its row and column, a step with its field, a tag that is not there; 3 an import without
//! `--commit` would change something.

use super::token::{DataDir, on_data};
use crate::outcome::{Failure, Outcome, say, say_json};
use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
};
use tw_api::{Asset, AssetSelect, ImportPreview};
use tw_config::{DayFormat, ImportFormat};
use tw_server::{AssetFile, AssetWanted};

/// The register of assets.
#[derive(Debug, Subcommand)]
pub(crate) enum AssetCommand {
    /// List assets.
    List(ListArgs),
    /// Show an asset with everything that happened to it.
    Show(ShowArgs),
    /// Say what a file would change (CSV, XLSX, YAML, JSON); with --commit change it, all or
    /// nothing.
    Import(ImportArgs),
    /// Write assets into a file that the import reads.
    Export(ExportArgs),
    /// Take a step of an asset's life; a disposal waits for a second person.
    Transition(Box<TransitionArgs>),
    /// Write labels with QR codes on sheets of A4, as PDF.
    Label(LabelArgs),
}

/// Which assets.
#[derive(Debug, Default, Args)]
pub(crate) struct Which {
    /// Only at this site.
    #[arg(long)]
    site: Option<String>,
    /// Only of this unit.
    #[arg(long)]
    unit: Option<String>,
    /// Only of this class.
    #[arg(long)]
    class: Option<String>,
    /// Only in this state.
    #[arg(long)]
    state: Option<String>,
    /// Only with this text in tag, serial, manufacturer or model.
    #[arg(long, short)]
    query: Option<String>,
    /// id, class, site, unit, model, serial, state, due or age; `-` in front turns it around.
    #[arg(long, allow_hyphen_values = true)]
    sort: Option<String>,
    /// Only these tags.
    tags: Vec<String>,
}

/// Which assets are listed.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    data: DataDir,
    #[command(flatten)]
    which: Which,
}

/// Which asset is shown.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    data: DataDir,
    /// Its tag.
    tag: String,
}

/// What is imported.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    data: DataDir,
    /// The file; `-` for standard input, with --format.
    file: PathBuf,
    /// csv, xlsx, yaml or json; by the file's ending without it.
    #[arg(long)]
    format: Option<String>,
    /// Dates like 03/06/2019 have the day first.
    #[arg(long)]
    day_first: bool,
    /// Change the register.
    #[arg(long)]
    commit: bool,
}

/// What is exported.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    data: DataDir,
    #[command(flatten)]
    which: Which,
    /// The file, by its ending CSV, XLSX, JSON or YAML; `-` for standard output, as CSV.
    #[arg(long, short)]
    out: PathBuf,
    /// The language of headings and words.
    #[arg(long, default_value = "en", value_parser = ["en", "vi"])]
    lang: String,
}

/// Which labels.
#[derive(Debug, Args)]
pub(crate) struct LabelArgs {
    #[command(flatten)]
    data: DataDir,
    #[command(flatten)]
    which: Which,
    /// The PDF file.
    #[arg(long, short)]
    out: PathBuf,
    /// The sheet, as `l7160-3x7`; plain paper with lines to cut along without it.
    #[arg(long)]
    sheet: Option<String>,
    /// The language of the labels.
    #[arg(long, default_value = "vi", value_parser = ["en", "vi"])]
    lang: String,
}

/// Which step.
#[derive(Debug, Args)]
pub(crate) struct TransitionArgs {
    #[command(flatten)]
    data: DataDir,
    /// The asset's tag.
    tag: String,
    /// The state it goes to.
    #[arg(long)]
    to: String,
    /// The day, as 2026-11-22.
    #[arg(long)]
    on: String,
    /// Why.
    #[arg(long)]
    reason: Option<String>,
    /// The document's number.
    #[arg(long)]
    document: Option<String>,
    /// Its serial number.
    #[arg(long)]
    serial: Option<String>,
    /// Why it has no serial number.
    #[arg(long)]
    no_serial: Option<String>,
    /// When it was delivered.
    #[arg(long)]
    received: Option<String>,
    /// Its label is printed and glued on.
    #[arg(long)]
    label_printed: bool,
    /// The site it goes to.
    #[arg(long)]
    site: Option<String>,
    /// The room.
    #[arg(long)]
    room: Option<String>,
    /// The desk or shelf in words.
    #[arg(long)]
    place: Option<String>,
    /// The unit that keeps it.
    #[arg(long)]
    unit: Option<String>,
    /// Who keeps it, by staff code.
    #[arg(long)]
    custodian: Option<String>,
    /// What it serves.
    #[arg(long)]
    service: Option<String>,
    /// The asset that takes its place.
    #[arg(long)]
    replacement: Option<String>,
    /// sold, transferred or destroyed.
    #[arg(long)]
    method: Option<String>,
    /// The number of the decision.
    #[arg(long)]
    decision: Option<String>,
    /// The certificate that its data were wiped.
    #[arg(long)]
    wipe_certificate: Option<String>,
}

/// Runs the command.
pub(crate) fn run(command: AssetCommand) -> Outcome {
    match command {
        AssetCommand::List(args) => list(args),
        AssetCommand::Show(args) => show(&args),
        AssetCommand::Import(args) => import(&args),
        AssetCommand::Export(args) => export(args),
        AssetCommand::Transition(args) => transition(*args),
        AssetCommand::Label(args) => label(args),
    }
}

impl Which {
    fn wanted(self, lang: &str) -> AssetWanted {
        let tags = (!self.tags.is_empty()).then_some(self.tags);
        AssetWanted {
            select: AssetSelect {
                tags,
                site: self.site,
                unit: self.unit,
                class: self.class,
                state: self.state,
                q: self.query,
                ..AssetSelect::default()
            },
            sort: self.sort,
            vietnamese: lang == "vi",
        }
    }
}

fn list(args: ListArgs) -> Outcome {
    let wanted = args.which.wanted("en");
    let found = on_data(&args.data, async |offline| offline.assets(&wanted).await)?;
    if args.data.json {
        return say_json(&found);
    }
    say(format!(
        "{:<16} {:<11} {:<11} {:<12} {:<14} {:<8} MODEL",
        "TAG", "CLASS", "STATE", "AGE", "UNIT", "SITE"
    ));
    for asset in &found {
        say(row(asset));
    }
    say(format!("{} assets", found.len()));
    Ok(())
}

fn row(asset: &Asset) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let made: Vec<String> = [&asset.spec.manufacturer, &asset.spec.model]
        .into_iter()
        .filter_map(Clone::clone)
        .collect();
    format!(
        "{:<16} {:<11} {:<11} {:<12} {:<14} {:<8} {}",
        asset.id,
        asset.spec.class,
        asset.spec.state,
        asset.status.age.verdict.as_str(),
        text(&asset.spec.unit),
        text(&asset.spec.site),
        made.join(" ")
    )
}

fn show(args: &ShowArgs) -> Outcome {
    let told = on_data(&args.data, async |offline| offline.asset(&args.tag).await)?;
    if args.data.json {
        return say_json(&told);
    }
    if let Some(record) = &told.record {
        lines("", &record.0).iter().for_each(say);
    }
    say(format!("next: {}", told.next_states.join(", ")));
    for event in &told.events {
        let what = match (&event.step, &event.date_kind) {
            (Some(step), _) => format!("{} -> {} ({})", step.from, step.to, step.state),
            (None, Some(kind)) => format!("{kind} {}", event.date.as_deref().unwrap_or("-")),
            (None, None) => format!("{} fields", event.fields.len()),
        };
        let by = event.actor.as_deref().unwrap_or("-");
        say(format!("{} {:<8} {what} {by}", event.day, event.kind));
    }
    Ok(())
}

/// The fields of a record, one a line.
fn lines(path: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, inner)| match path {
                "" => lines(key, inner),
                path => lines(&format!("{path}.{key}"), inner),
            })
            .collect(),
        Value::String(text) => vec![format!("{path}: {text}")],
        other => vec![format!("{path}: {other}")],
    }
}

fn import(args: &ImportArgs) -> Outcome {
    let ending = args.file.extension().and_then(|ending| ending.to_str());
    let word = args.format.as_deref().or(ending).unwrap_or_default();
    let format = ImportFormat::of(word)
        .ok_or_else(|| Failure::input("--format is csv, xlsx, yaml or json"))?;
    let days = if args.day_first {
        DayFormat::DayFirst
    } else {
        DayFormat::Iso
    };
    let bytes = read(&args.file)?;
    let (preview, changed) = on_data(&args.data, async |offline| {
        let how = (format, days);
        offline.import_assets(&bytes, how, args.commit).await
    })?;
    if args.data.json {
        say_json(&json!({"preview": preview, "changed": changed}))?;
    }
    if preview.faults_total > 0 {
        return Err(Failure::BadInput(faults(&args.file, &preview)));
    }
    if !args.data.json {
        for change in &preview.changes {
            say(format!("{} {}", change.outcome, change.tag));
            for field in &change.fields {
                let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
                let (from, to) = (text(&field.from), text(&field.to));
                say(format!("    {}: {from} -> {to}", field.path));
            }
        }
        let done = changed.map_or("nothing was changed".to_owned(), |n| format!("{n} changed"));
        say(format!(
            "{} new, {} to change, {} unchanged; {done}",
            preview.create, preview.update, preview.unchanged
        ));
    }
    if changed.is_none() && preview.create + preview.update > 0 {
        return Err(Failure::ConditionFailed(
            "the file differs from the register; --commit carries it over".to_owned(),
        ));
    }
    Ok(())
}

fn faults(file: &Path, preview: &ImportPreview) -> Vec<String> {
    let mut lines: Vec<String> = preview
        .faults
        .iter()
        .map(|fault| {
            let (file, allowed) = (file.display(), &fault.allowed);
            format!(
                "{file}:{}: {}: {}; {allowed}",
                fault.row, fault.column, fault.message
            )
        })
        .collect();
    let more = preview.faults_total.saturating_sub(lines.len() as u64);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

fn export(args: ExportArgs) -> Outcome {
    let ending = args.out.extension().and_then(|ending| ending.to_str());
    let form = match ending.map(str::to_lowercase).as_deref() {
        Some("csv") => AssetFile::Csv,
        Some("xlsx") => AssetFile::Xlsx,
        Some("json") => AssetFile::Json,
        Some("yaml" | "yml") => AssetFile::Yaml,
        None if args.out == Path::new("-") => AssetFile::Csv,
        _ => {
            return Err(Failure::input(
                "--out ends in .csv, .xlsx, .json or .yaml, or is -",
            ));
        }
    };
    let wanted = args.which.wanted(&args.lang);
    let bytes = on_data(&args.data, async |offline| {
        offline.export_assets(&wanted, form).await
    })?;
    write(&args.out, &bytes, args.data.json)
}

fn label(args: LabelArgs) -> Outcome {
    let wanted = args.which.wanted(&args.lang);
    let bytes = on_data(&args.data, async |offline| {
        offline.asset_labels(&wanted, args.sheet.as_deref()).await
    })?;
    write(&args.out, &bytes, args.data.json)
}

fn transition(args: TransitionArgs) -> Outcome {
    let texts = [
        ("to", Some(args.to)),
        ("on", Some(args.on)),
        ("reason", args.reason),
        ("document", args.document),
        ("serial", args.serial),
        ("no_serial", args.no_serial),
        ("received", args.received),
        ("site", args.site),
        ("room", args.room),
        ("place", args.place),
        ("unit", args.unit),
        ("custodian", args.custodian),
        ("service", args.service),
        ("replacement", args.replacement),
        ("method", args.method),
        ("decision", args.decision),
        ("wipe_certificate", args.wipe_certificate),
    ];
    let mut step: Map<String, Value> = texts
        .into_iter()
        .filter_map(|(key, text)| Some((key.to_owned(), text?.into())))
        .collect();
    if args.label_printed {
        step.insert("label_printed".to_owned(), true.into());
    }
    let taken = on_data(&args.data, async |offline| {
        offline.asset_step(&args.tag, Value::Object(step)).await
    })?;
    if args.data.json {
        return say_json(&taken);
    }
    let (from, to, on) = (&taken.from, &taken.to, &taken.on);
    say(format!(
        "{} {from} -> {to} on {on}: {}",
        args.tag, taken.state
    ));
    if taken.state == "waiting" {
        say("a second person must agree, in the console");
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .context("cannot read standard input")?;
        return Ok(bytes);
    }
    let read = fs::read(file);
    read.map_err(|cause| Failure::input(format!("{}: {cause}", file.display())))
}

fn write(file: &Path, bytes: &[u8], as_json: bool) -> Outcome {
    if file == Path::new("-") {
        std::io::stdout()
            .lock()
            .write_all(bytes)
            .context("cannot write to standard output")?;
        return Ok(());
    }
    fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    if as_json {
        return say_json(&json!({"file": file, "bytes": bytes.len()}));
    }
    say(file.display());
    Ok(())
}
