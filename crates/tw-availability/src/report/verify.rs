//! A report judged by itself: form, hashes, figures, chain.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** stop at the first fault.

use super::{
    FORMAT, Report, Status,
    canonical::canonical,
    chain_judged::{last_version, topology_part},
    compute::find,
    difference::{differences, first_difference},
    seal::{own_digest, part_digests},
};
use crate::period::{month, time_zone};
use serde::Serialize;
use serde_json::Value;

/// The longest value that a fault shows.
const SHOWN_CHARS_MAX: usize = 120;

/// What is wrong with a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where: `file`, a part, a field.
    pub part: String,
    /// What.
    pub why: String,
}

fn fault(part: &str, why: impl Into<String>) -> Fault {
    Fault {
        part: part.to_owned(),
        why: why.into(),
    }
}

/// Verifies the file of a report, and that it follows from the files of earlier revisions where
/// these are at hand. Gives the report, where it can be read, and every fault.
pub fn verify(file: &[u8], earlier: &[Report]) -> (Option<Report>, Vec<Fault>) {
    let value: Value = match serde_json::from_slice(file) {
        Ok(value) => value,
        Err(cause) => return (None, vec![fault("file", format!("is no JSON: {cause}"))]),
    };
    let mut faults = Vec::new();
    if format!("{}\n", canonical(&value)).as_bytes() != file {
        faults.push(fault("file", "is not in the canonical form"));
    }
    let report: Report = match serde_json::from_value(value.clone()) {
        Ok(report) => report,
        Err(cause) => {
            faults.push(fault("file", format!("is no report: {cause}")));
            return (None, faults);
        }
    };
    if report.format != FORMAT {
        faults.push(fault("format", format!("is not {FORMAT}")));
    }
    for (part, digest) in part_digests(&value) {
        if report.parts.get(&part) != Some(&digest) {
            faults.push(fault(&part, "its hash does not fit"));
        }
    }
    if report.sha256 != own_digest(&value) {
        faults.push(fault("sha256", "the report's hash does not fit"));
    }
    faults.extend(period_fault(&report));
    match report.evidence.check() {
        // Where the evidence itself was changed, what follows from it says nothing.
        Ok(()) if faults.iter().all(|fault| fault.part != "evidence") => {
            faults.extend(figures(&report));
        }
        Ok(()) => {}
        Err((field, why)) => faults.push(fault(&format!("evidence.{field}"), why)),
    }
    faults.extend(chain(&report, earlier));
    (Some(report), faults)
}

fn period_fault(report: &Report) -> Option<Fault> {
    let zone = time_zone(&report.cover.timezone).ok();
    let period = zone.and_then(|zone| month(&report.month, &zone).ok());
    let why = "its period is not the month in the site's zone";
    (period != Some(report.evidence.period())).then(|| fault("evidence", why))
}

fn figures(report: &Report) -> Vec<Fault> {
    let mut faults = part_5(report);
    match find(&report.evidence) {
        Ok(again) => {
            let value = |findings| serde_json::to_value(findings).unwrap_or_default();
            let (kept, again) = (value(&report.findings), value(&again));
            for (part, own) in kept.as_object().into_iter().flatten() {
                if again.get(part) != Some(own) {
                    let name = format!("findings.{part}");
                    faults.push(fault(&name, "does not follow from the evidence"));
                }
            }
        }
        Err(cause) => faults.push(fault("evidence", cause.to_string())),
    }
    faults
}

/// Part 5 worked out again, where the report carries what it stands on.
fn part_5(report: &Report) -> Vec<Fault> {
    let Some(evidence) = &report.evidence.chain else {
        return Vec::new();
    };
    let known = (report.evidence.period(), report.evidence.as_of);
    let again = match topology_part(evidence, &report.cover, known) {
        Ok(again) => serde_json::to_value(again).unwrap_or_default(),
        Err(cause) => return vec![fault("evidence.chain", told(&cause))],
    };
    let kept = report.attached.topology.clone().unwrap_or_default();
    let mut faults = Vec::new();
    if let Some(first) = first_difference(&kept, &again) {
        let why = format!(
            "part 5 does not follow from the evidence: {} is {}, the evidence gives {}",
            if first.field.is_empty() {
                "it"
            } else {
                &first.field
            },
            short(&first.before),
            short(&first.after)
        );
        faults.push(fault("attached.topology", why));
    }
    let last_day = last_day(report);
    let version = last_day.and_then(|day| last_version(evidence, &day));
    if report.topology_version != version {
        let why = "is not the version of the chain on the month's last day";
        faults.push(fault("topology_version", why));
    }
    faults
}

/// The last day of the month in the site's zone.
fn last_day(report: &Report) -> Option<String> {
    let zone = time_zone(&report.cover.timezone).ok()?;
    let last = report.evidence.to.plus_millis(-1);
    Some(last.to_jiff().to_zoned(zone).date().to_string())
}

/// An error with its cause.
fn told(cause: &dyn std::error::Error) -> String {
    let source = cause.source().map(|source| format!(": {source}"));
    format!("{cause}{}", source.unwrap_or_default())
}

/// A value short enough for a sentence.
fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHOWN_CHARS_MAX {
        return text;
    }
    let begin: String = text.chars().take(SHOWN_CHARS_MAX).collect();
    format!("{begin}…")
}

impl Report {
    /// Whether part 5 is there and cannot be worked out again: the report carries no evidence for
    /// it, as those that were closed before it was kept.
    pub fn part_5_lacks_evidence(&self) -> bool {
        self.attached.topology.is_some() && self.evidence.chain.is_none()
    }
}

fn chain(report: &Report, earlier: &[Report]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let numbered = report
        .revisions
        .iter()
        .zip(1..)
        .all(|(revision, number)| revision.rev == number);
    let next = u32::try_from(report.revisions.len()).unwrap_or(u32::MAX);
    let own = match report.status {
        Status::Provisional => 0,
        Status::Final => next.saturating_add(1),
    };
    if !numbered || report.rev != own {
        faults.push(fault("revisions", "are not numbered one after the other"));
    }
    let last = report.revisions.last().map(|revision| &revision.sha256);
    if report.prev_sha256.as_ref() != last {
        faults.push(fault(
            "prev_sha256",
            "is not the hash of the revision before",
        ));
    }
    let same = |other: &&Report| (&other.site, &other.month) == (&report.site, &report.month);
    for other in earlier.iter().filter(same) {
        let listed = report.revisions.iter().find(|r| r.rev == other.rev);
        match listed {
            Some(row) if row.sha256 == other.sha256 => {}
            Some(_) => {
                let why = format!("revision {} is another one than this follows", other.rev);
                faults.push(fault("revisions", why));
            }
            None if other.rev < report.rev => {
                faults.push(fault(
                    "revisions",
                    format!("revision {} is missing", other.rev),
                ));
            }
            None => {}
        }
        let before = other.rev > 0 && other.rev + 1 == report.rev;
        if before && differences(&other.findings, &report.findings) != report.difference {
            faults.push(fault(
                "difference",
                "is not the difference to the revision before",
            ));
        }
    }
    faults
}
