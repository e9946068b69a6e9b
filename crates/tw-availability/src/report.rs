//! The report of a month: frozen, recomputable, chained.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** read a clock, hold a figure
//! that its own evidence does not give, or use a number that is not whole.
//!
//! A [`Report`] carries its [`Evidence`] and the [`Findings`] worked out from it; [`verify`] works
//! them out again. It is written in one canonical form ([`to_bytes`]: keys in order, no white
//! space, one line), so that every changed byte is found: it breaks the form, a part's hash, the
//! report's hash, or the chain from one revision to the next.

mod beside;
mod canonical;
mod chain;
mod chain_judged;
mod compute;
mod difference;
mod evidence;
mod findings;
mod lines;
mod mains;
mod seal;
#[cfg(test)]
mod tests;
mod topology;
mod verify;

pub use beside::{
    AirRow, CauseKind, CauseRow, DisturbanceRow, Energy, Environment, MainsRow, Metered,
    PUE_KNOWN_PPM_MIN, TestRow,
};
pub use canonical::{canonical, digest};
pub use chain::{ChainEvidence, CodeRun, RecordedDevice, RecordedSensor, ShapeEvidence, WorkSpan};
pub use chain_judged::{ChainEvidenceError, asked, chain_version, topology_part};
pub use compute::{Judged, find, judge};
pub use difference::{CHANGES_MAX, Change, differences};
pub use evidence::{Correction, EarlierMonth, Evidence, EvidenceRun, Proof, View, Window};
pub use findings::{
    DataQuality, Findings, IncidentRow, MaintenanceRow, Method, Protection, ResultPart, SegmentRow,
    Span, SpanState, WitnessRow, YearToDate,
};
pub use lines::polled_lines;
pub use mains::{BatterySeconds, LineCount, MainsEvidence, MainsFinding};
pub use seal::{Draft, seal, to_bytes};
pub use topology::{CaseRow, MarginRow, ShapeRow, SystemRow, TopologyPart};
pub use verify::{Fault, verify};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use tw_units::Timestamp;

/// The name and version of the form.
pub const FORMAT: &str = "tierwatch-availability-report/1";
/// How long after a month's end it stays provisional, in milliseconds: 72 hours.
pub const GRACE_MS: i64 = 72 * 3_600_000;

/// How far a report is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The month is over, but late readings may still come: figures may change without a trace.
    Provisional,
    /// Frozen: a change makes a new revision.
    Final,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: Option<String>,
    /// Vietnamese.
    pub vi: Option<String>,
}

/// What a report is about; recorded, not worked out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cover {
    /// Who runs the site.
    pub operator: Words,
    /// The site's name.
    pub site_name: Words,
    /// Its street, if known.
    pub address: Option<String>,
    /// The zone in which its months begin.
    pub timezone: String,
    /// The targets of the register with their standard and level.
    pub targets: Vec<TargetRow>,
    /// True when the readings come from simulated devices.
    pub simulated: bool,
}

/// A target as the register has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetRow {
    /// As `uptime`.
    pub standard: String,
    /// As `III`.
    pub level: String,
    /// Allowed downtime.
    pub downtime_ppm: u32,
    /// The first day.
    pub valid_from: String,
}

/// What was recorded beside the availability; `None` is said to be not recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// Part 5: the self-assessment of the topology with its counterexamples, as
    /// [`TopologyPart`].
    pub topology: Option<Value>,
    /// Part 3: what had been recorded when an outage began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<CauseRow>,
    /// Part 7: shares of time by environment, energy, tests of batteries and generators.
    pub environment: Option<Environment>,
    /// Part 8: equipment past its support.
    pub lifecycle: Option<Vec<LifecycleRow>>,
    /// Part 9: how the site's collectors fared.
    pub collectors: Vec<CollectorRow>,
    /// Why the report was made final although not everything was drained.
    pub override_reason: Option<String>,
}

/// Equipment past its age or support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleRow {
    /// The asset's tag.
    pub asset: String,
    /// What it is.
    pub name: String,
    /// Why it is listed.
    pub why: String,
}

/// How a collector fared, as far as the centre knew when the report was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectorRow {
    /// Which.
    pub id: String,
    /// Its latest reading that had come in.
    pub last_reading_at: Option<Timestamp>,
    /// The oldest of what it still held back, by its own words.
    pub oldest_unsent_at: Option<Timestamp>,
    /// Whether all of the month was in.
    pub drained: bool,
    /// A person's declaration that the rest will never come.
    pub declared_lost: bool,
}

/// A revision before this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionRow {
    /// Its number, from 1.
    pub rev: u32,
    /// Its hash.
    pub sha256: String,
    /// When it was made.
    pub closed_at: Timestamp,
    /// By whom.
    pub closed_by: String,
    /// Why.
    pub reason: String,
}

/// A month's report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// The site.
    pub site: String,
    /// The month, as `2026-09`.
    pub month: String,
    /// 0 while it is provisional, then from 1.
    pub rev: u32,
    /// How far it is.
    pub status: Status,
    /// When it was made.
    pub closed_at: Timestamp,
    /// By whom.
    pub closed_by: String,
    /// Why this revision.
    pub reason: String,
    /// The program that worked it out.
    pub engine: String,
    /// The time zone tables that it was worked out with.
    pub tzdb: String,
    /// The version of the topology that part 5 stands on.
    pub topology_version: Option<String>,
    /// What it is about.
    pub cover: Cover,
    /// What it stands on.
    pub evidence: Evidence,
    /// What follows.
    pub findings: Findings,
    /// What was recorded beside it.
    pub attached: Attached,
    /// The revisions before.
    pub revisions: Vec<RevisionRow>,
    /// What is different from the revision before.
    pub difference: Vec<Change>,
    /// The hash of each part, so that a fault has a name.
    pub parts: BTreeMap<String, String>,
    /// The hash of the revision before.
    pub prev_sha256: Option<String>,
    /// The hash of all the rest.
    pub sha256: String,
}
