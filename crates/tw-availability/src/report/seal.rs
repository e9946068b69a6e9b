//! A report with its hashes.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** leave a field outside of the
//! hash but the hash itself.

use super::{
    Attached, Cover, Evidence, FORMAT, Findings, Report, RevisionRow, Status,
    canonical::{canonical, digest},
    difference::differences,
};
use serde_json::Value;
use std::collections::BTreeMap;
use tw_units::Timestamp;

/// The parts with a hash of their own.
pub(super) const PARTS: [&str; 6] = [
    "attached",
    "cover",
    "difference",
    "evidence",
    "findings",
    "revisions",
];

/// Everything of a report but what follows from it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The site.
    pub site: String,
    /// The month.
    pub month: String,
    /// How far it is.
    pub status: Status,
    /// When it is made.
    pub closed_at: Timestamp,
    /// By whom.
    pub closed_by: String,
    /// Why.
    pub reason: String,
    /// The program.
    pub engine: String,
    /// The time zone tables.
    pub tzdb: String,
    /// The topology.
    pub topology_version: Option<String>,
    /// What it is about.
    pub cover: Cover,
    /// What it stands on.
    pub evidence: Evidence,
    /// What follows.
    pub findings: Findings,
    /// What was recorded beside it.
    pub attached: Attached,
}

/// Makes the report that follows `previous`; the first one, or a provisional one, follows none.
pub fn seal(draft: Draft, previous: Option<&Report>) -> Report {
    let mut revisions = previous.map_or_else(Vec::new, |report| report.revisions.clone());
    revisions.extend(previous.map(|report| RevisionRow {
        rev: report.rev,
        sha256: report.sha256.clone(),
        closed_at: report.closed_at,
        closed_by: report.closed_by.clone(),
        reason: report.reason.clone(),
    }));
    let difference = previous.map_or_else(Vec::new, |report| {
        differences(&report.findings, &draft.findings)
    });
    let rev = match draft.status {
        Status::Provisional => 0,
        Status::Final => previous.map_or(0, |report| report.rev) + 1,
    };
    let mut report = Report {
        format: FORMAT.to_owned(),
        site: draft.site,
        month: draft.month,
        rev,
        status: draft.status,
        closed_at: draft.closed_at,
        closed_by: draft.closed_by,
        reason: draft.reason,
        engine: draft.engine,
        tzdb: draft.tzdb,
        topology_version: draft.topology_version,
        cover: draft.cover,
        evidence: draft.evidence,
        findings: draft.findings,
        attached: draft.attached,
        revisions,
        difference,
        parts: BTreeMap::new(),
        prev_sha256: previous.map(|report| report.sha256.clone()),
        sha256: String::new(),
    };
    let value = serde_json::to_value(&report).unwrap_or_default();
    report.parts = part_digests(&value);
    report.sha256 = own_digest(&serde_json::to_value(&report).unwrap_or_default());
    report
}

/// The hash of each part.
pub(super) fn part_digests(report: &Value) -> BTreeMap<String, String> {
    let own = |part: &&str| ((*part).to_owned(), digest(&report[*part]));
    PARTS.iter().map(own).collect()
}

/// The hash of a report: of all but the hash itself.
pub(super) fn own_digest(report: &Value) -> String {
    let mut rest = report.clone();
    if let Some(fields) = rest.as_object_mut() {
        fields.remove("sha256");
    }
    digest(&rest)
}

/// A report as the file that is kept and handed out.
pub fn to_bytes(report: &Report) -> Vec<u8> {
    let value = serde_json::to_value(report).unwrap_or_default();
    let mut text = canonical(&value);
    text.push('\n');
    text.into_bytes()
}
