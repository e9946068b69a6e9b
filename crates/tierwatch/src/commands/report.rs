//! `tierwatch report`: the reports of closed months, printed and verified.
//!
//! **Room:** layer 3. **May use:** `tw-availability`, `tw-server`. **Must not:** work a figure
//! out: it reads, asks and prints.

#[cfg(test)]
mod tests;

use crate::{
    clock,
    outcome::{Failure, Outcome, say, say_json},
};
use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use std::{
    io::{Read, Write},
    path::PathBuf,
};
use tw_availability::report::{Fault, Report, verify};
use tw_server::{
    Offline, OfflineError,
    document::{self, Lang},
};

/// The largest report that is read.
const REPORT_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What is said of a report from before the evidence of part 5 was kept.
const PART_5_LACKS: &str = "part 5: not recomputed, this report carries no evidence for it";

/// Reports.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the report of a closed month.
    Availability(Availability),
    /// Work reports out again from their own evidence, and check hashes and chain; exit code 3
    /// when anything does not fit.
    Verify(Verify),
}

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The file that `tierwatch report verify` reads.
    Json,
    /// A page for print.
    Html,
    /// PDF.
    Pdf,
}

/// Its language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Language {
    /// English.
    En,
    /// Vietnamese.
    Vi,
}

#[derive(Debug, Args)]
pub(crate) struct Availability {
    /// The site.
    #[arg(long)]
    site: String,
    /// The month, as 2026-09.
    #[arg(long)]
    month: String,
    /// The revision; the newest one when not given.
    #[arg(long)]
    rev: Option<u32>,
    /// The centre's data directory.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The form.
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// The language of HTML and PDF.
    #[arg(long, value_enum, default_value = "en")]
    lang: Language,
    /// Where to write it; standard output when not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The JSON files; several revisions of a month in any order also prove their chain. `-`
    /// reads standard input.
    #[arg(required = true)]
    files: Vec<String>,
    /// Print the verdicts as JSON.
    #[arg(long)]
    json: bool,
}

/// The verdict on one file.
#[derive(Debug, Serialize)]
struct Verdict {
    file: String,
    site: Option<String>,
    month: Option<String>,
    rev: Option<u32>,
    sha256: Option<String>,
    good: bool,
    faults: Vec<Fault>,
    /// What could not be worked out again, and why.
    notes: Vec<&'static str>,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Availability(args) => availability(&args),
        Command::Verify(args) => check(&args),
    }
}

fn availability(args: &Availability) -> Outcome {
    let failure = |cause: OfflineError| match cause {
        OfflineError::Refused(why) => Failure::input(why),
        other => Failure::CouldNot(other.into()),
    };
    let offline = Offline::open(&args.data, clock::wall_clock(None)).map_err(failure)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start")?;
    let wanted = (args.site.as_str(), args.month.as_str());
    let found = runtime.block_on(offline.month_report(wanted, args.rev));
    let Some(body) = found.map_err(failure)? else {
        let (site, month) = wanted;
        let why = match args.rev {
            Some(rev) => format!("{site} {month} has no revision {rev}"),
            None => format!("{site} {month} is not closed"),
        };
        return Err(Failure::CouldNot(anyhow::anyhow!(why)));
    };
    let bytes = rendered(body, args)?;
    match &args.out {
        Some(path) => {
            let place = path.display();
            std::fs::write(path, bytes).with_context(|| format!("cannot write {place}"))?;
        }
        // A reader that went away is no failure.
        None => std::io::stdout().lock().write_all(&bytes).unwrap_or(()),
    }
    Ok(())
}

fn rendered(body: String, args: &Availability) -> Result<Vec<u8>, Failure> {
    let lang = match args.lang {
        Language::En => Lang::En,
        Language::Vi => Lang::Vi,
    };
    let format = if args.json { Format::Json } else { args.format };
    if format == Format::Json {
        return Ok(body.into_bytes());
    }
    let report: Report = serde_json::from_str(&body).context("cannot read the kept report")?;
    let paper = tw_server::month::paper::document(&report, lang);
    if format == Format::Html {
        return Ok(document::html(&paper).into_bytes());
    }
    Ok(document::pdf(&paper).context("cannot make the PDF")?)
}

fn load(path: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = if path == "-" {
        let stdin = std::io::stdin().lock();
        stdin.take(REPORT_BYTES_MAX).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(REPORT_BYTES_MAX).read_to_end(&mut bytes))
    };
    read.map_err(|cause| Failure::input(format!("{path}: cannot read it: {cause}")))?;
    Ok(bytes)
}

fn check(args: &Verify) -> Outcome {
    let loaded: Vec<(&String, Vec<u8>)> = args
        .files
        .iter()
        .map(|path| Ok((path, load(path)?)))
        .collect::<Result<_, Failure>>()?;
    let verdicts = judge(&loaded);
    let bad = verdicts.iter().filter(|verdict| !verdict.good).count();
    if args.json {
        say_json(&verdicts)?;
    } else {
        verdicts.iter().for_each(say_verdict);
    }
    if bad == 0 {
        return Ok(());
    }
    Err(Failure::ConditionFailed(format!(
        "{bad} of {} reports do not hold",
        verdicts.len()
    )))
}

fn judge(loaded: &[(&String, Vec<u8>)]) -> Vec<Verdict> {
    let reports: Vec<Report> = loaded
        .iter()
        .filter_map(|(_, bytes)| serde_json::from_slice(bytes).ok())
        .collect();
    let one = |(path, bytes): &(&String, Vec<u8>)| {
        let (report, faults) = verify(bytes, &reports);
        let report = report.as_ref();
        Verdict {
            file: (*path).clone(),
            site: report.map(|r| r.site.clone()),
            month: report.map(|r| r.month.clone()),
            rev: report.map(|r| r.rev),
            sha256: report.map(|r| r.sha256.clone()),
            good: faults.is_empty(),
            faults,
            notes: notes(report),
        }
    };
    loaded.iter().map(one).collect()
}

/// What a report carries no evidence for.
fn notes(report: Option<&Report>) -> Vec<&'static str> {
    let lacking = report.filter(|report| report.part_5_lacks_evidence());
    lacking.map(|_| PART_5_LACKS).into_iter().collect()
}

fn say_verdict(verdict: &Verdict) {
    for note in &verdict.notes {
        say(format_args!("{}: note: {note}", verdict.file));
    }
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    if verdict.good {
        say(format_args!(
            "{}: good: {} {} revision {}, sha256 {}",
            verdict.file,
            text(&verdict.site),
            text(&verdict.month),
            verdict.rev.unwrap_or(0),
            text(&verdict.sha256)
        ));
        return;
    }
    for fault in &verdict.faults {
        say(format_args!(
            "{}: {}: {}",
            verdict.file, fault.part, fault.why
        ));
    }
}
