//! What follows from the evidence: whole numbers and texts only.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** hold a floating number: it
//! would not come back the same everywhere.

use super::mains::MainsFinding;
use crate::target::Verdict;
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;

/// All findings of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// Part 1.
    pub method: Method,
    /// Part 2.
    pub result: ResultPart,
    /// Part 3.
    pub incidents: Vec<IncidentRow>,
    /// Part 4.
    pub maintenance: Vec<MaintenanceRow>,
    /// Part 6.
    pub protection: Protection,
    /// Part 7, as far as it follows from the evidence: the mains at each UPS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mains: Vec<MainsFinding>,
    /// Part 9.
    pub data_quality: DataQuality,
    /// The month as a strip.
    pub strip: Vec<Span>,
    /// How many stretches of the strip were left out.
    pub strip_left_out: u64,
}

/// Part 1: how fine the evidence is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// The coarsest wanted time between polls of a witness.
    pub resolution_ms: Option<u64>,
    /// How likely at most polls miss a whole budget: `exp(−B/P)`, three digits.
    pub hidden_breach_probability: Option<String>,
}

/// Part 2: the result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResultPart {
    /// The month's real length.
    pub period_ms: i64,
    /// Known up.
    pub up_ms: i64,
    /// Doubt at the edges of outages.
    pub edge_ms: i64,
    /// Downtime: lower, point, upper.
    pub downtime_ms: [i64; 3],
    /// No evidence.
    pub unknown_ms: i64,
    /// Down inside planned work.
    pub planned_ms: i64,
    /// All other downtime.
    pub unplanned_ms: i64,
    /// Of that, claimed by a window that was declared afterwards.
    pub declared_late_ms: i64,
    /// In percent with six decimals, floored: all doubt down, of the known time, all doubt up.
    pub availability_percent: [Option<String>; 3],
    /// Of the known time that was not planned work.
    pub availability_excluding_planned_percent: Option<String>,
    /// The known share.
    pub coverage_percent: Option<String>,
    /// By target.
    pub segments: Vec<SegmentRow>,
    /// The worst of them; none without a target.
    pub verdict: Option<Verdict>,
    /// Outages that began in the month.
    pub outages: u64,
    /// Incidents that began in the month.
    pub incidents: u64,
    /// Incidents that reached into it.
    pub carried_in: u64,
    /// Mean time to repair.
    pub mttr_seconds: Option<String>,
    /// Mean time between failures.
    pub mtbf_seconds: Option<String>,
    /// At least, with 95 % confidence, in whole seconds, floored.
    pub mtbf_lower_95_seconds: Option<String>,
    /// This month and the closed ones of its year before it.
    pub year_to_date: YearToDate,
}

/// Sums over the year so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearToDate {
    /// Months that are summed, this one with them.
    pub months: u32,
    /// Months of the year before this one without a report.
    pub months_missing: u32,
    /// Their length.
    pub period_ms: i64,
    /// Their downtime: lower, point, upper.
    pub downtime_ms: [i64; 3],
    /// Without evidence.
    pub unknown_ms: i64,
    /// All doubt down, of the known time, all doubt up.
    pub availability_percent: [Option<String>; 3],
}

/// The part of the month in which one target held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentRow {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after.
    pub to: Timestamp,
    /// Allowed downtime.
    pub downtime_ppm: u32,
    /// The same in seconds, exact.
    pub budget_seconds: String,
    /// Downtime in seconds: lower, point, upper.
    pub downtime_seconds: [String; 3],
    /// Without evidence.
    pub unknown_seconds: String,
    /// The verdict.
    pub verdict: Verdict,
}

/// An outage in the register of incidents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncidentRow {
    /// When it began, the edge split in the middle.
    pub from: Timestamp,
    /// How far that may be off to either side.
    pub from_plus_minus_ms: i64,
    /// When it ended; none when nobody saw it end.
    pub to: Option<Timestamp>,
    /// How far that may be off to either side.
    pub to_plus_minus_ms: i64,
    /// What of it lies in the month.
    pub in_month_ms: i64,
    /// What of that was planned.
    pub planned_ms: i64,
    /// Shorter than the label asks for; it counts all the same.
    pub short: bool,
    /// It began before the month.
    pub carried_in: bool,
    /// Which incident it belongs to, from 1: outages close together are one.
    pub incident: u64,
    /// The witnesses that were seen down.
    pub witnesses_down: Vec<String>,
}

/// A window in the register of maintenance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceRow {
    /// Which.
    pub id: String,
    /// What was worked on.
    pub what: String,
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after.
    pub to: Timestamp,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// By whom.
    pub approved_by: Option<String>,
    /// Approved before it began.
    pub planned: bool,
    /// The load was down for so long inside of it.
    pub load_down_ms: i64,
    /// The load was lost in planned work: not concurrently maintainable.
    pub breach: bool,
    /// Why it was approved although loads would drop.
    pub override_reason: Option<String>,
}

/// Part 6: redundancy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protection {
    /// Up, with a part known down.
    pub lost_ms: i64,
    /// Up, with a part unknown.
    pub unproven_ms: i64,
    /// Stretches of planned work that lost the load.
    pub maintainability_breaches: u64,
}

/// Part 9: the data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataQuality {
    /// By witness.
    pub witnesses: Vec<WitnessRow>,
    /// Stretches without evidence for the load.
    pub gaps: u64,
    /// The longest of them.
    pub longest_gap_ms: i64,
    /// Unknown time as a share of the smallest budget, in percent, floored: proof debt.
    pub proof_debt_percent: Option<String>,
}

/// How well a witness was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessRow {
    /// Which.
    pub id: String,
    /// Known time.
    pub known_ms: i64,
    /// Known down, edges split in the middle.
    pub down_ms: i64,
    /// Unknown time.
    pub unknown_ms: i64,
    /// Runs of polls that are kept as evidence.
    pub runs: u64,
}

/// What the load was in a stretch of the strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanState {
    /// Fed, with everything that it needs to spare.
    Up,
    /// Fed, with a part down.
    ProtectionLost,
    /// Fed, with a part unknown.
    ProtectionUnproven,
    /// Between a good and a bad poll.
    Edge,
    /// Lost.
    Down,
    /// Lost in planned work.
    Planned,
    /// No evidence.
    Unknown,
}

/// A stretch of the strip: first instant, first instant after (milliseconds), state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span(pub i64, pub i64, pub SpanState);
