//! Months of a site: open, provisional, final with numbered revisions; reports and corrections.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{AnyJson, Bounds, LocalText, PercentBounds, TierTarget, Verdict};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// How far a month is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MonthStatus {
    /// It still runs; its figures are those so far.
    Open,
    /// It is over; late readings may still change it without a trace.
    Provisional,
    /// Frozen; a change makes a new revision.
    Final,
}

/// What the load was in a stretch of a month's strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MonthSpanState {
    /// Fed.
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

/// A stretch of a month's strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthSpan {
    /// The first instant inside.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// What it was.
    pub state: MonthSpanState,
}

/// A month of a site in figures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MonthSummary {
    /// The site.
    pub site: String,
    /// The month, as `2026-09`.
    pub month: String,
    /// Its first instant in the site's zone.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after it.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// How far it is.
    pub status: MonthStatus,
    /// Its revision; 0 while it is not final.
    pub rev: u32,
    /// When this revision was made.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<String>,
    /// The report's hash.
    pub sha256: Option<String>,
    /// Whether a target is kept.
    pub verdict: Verdict,
    /// The level of the last target in force, as `III`.
    pub level: Option<String>,
    /// Its standard, as `uptime`.
    pub standard: Option<String>,
    /// Allowed downtime over the whole month, all targets together.
    pub budget_seconds: Option<f64>,
    /// The month's real length.
    pub period_seconds: f64,
    /// The load without service.
    pub downtime_seconds: Bounds,
    /// Time without evidence.
    pub unknown_seconds: f64,
    /// Downtime inside planned work.
    pub planned_seconds: f64,
    /// Fed, with a part down.
    pub protection_lost_seconds: f64,
    /// Outages that began in the month.
    pub outages: u64,
    /// Availability.
    pub availability_percent: PercentBounds,
    /// The known share of the month.
    pub coverage_percent: Option<String>,
    /// The month as a strip.
    pub strip: Vec<MonthSpan>,
}

/// A revision of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthRevision {
    /// Its number, from 1.
    pub rev: u32,
    /// Its hash.
    pub sha256: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub closed_at: Timestamp,
    /// By whom.
    pub closed_by: String,
    /// Why.
    pub reason: String,
    /// How many figures are different from the revision before.
    pub changes: u64,
}

/// What stands in the way of closing a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MonthClosable {
    /// Whether it may be closed now without an override.
    pub ready: bool,
    /// Until when late readings are waited for.
    #[schema(value_type = String, format = DateTime)]
    pub grace_until: Timestamp,
    /// Collectors whose readings of the month are not all in.
    pub waiting_for: Vec<String>,
}

/// A month of a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Month {
    /// Its figures.
    pub summary: MonthSummary,
    /// The report as JSON: cover, evidence, findings, attached, revisions, difference, hashes.
    pub report: AnyJson,
    /// All revisions, the first one first.
    pub revisions: Vec<MonthRevision>,
    /// What stands in the way of closing it.
    pub closable: MonthClosable,
}

/// Closes a month, or makes its next revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonthClose {
    /// Why: it stands in the report.
    pub reason: String,
    /// The revision that the caller saw; 0 when there was none.
    pub version: u32,
    /// Close it although it is not ready; the reason says why, and collectors that are not
    /// drained are declared lost for this month.
    #[serde(default)]
    pub declare_lost: bool,
}

/// A statement about a stretch of time that replaces what polls saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionAdd {
    /// The witness.
    pub subject: String,
    /// The first instant.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// What holds instead: `up`, `down` or `unknown`.
    pub state: String,
    /// Why: it stands in every report.
    pub reason: String,
}

/// A correction as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Correction {
    /// Its number.
    pub id: u64,
    /// The site.
    pub site: String,
    /// What was stated.
    pub spec: CorrectionAdd,
    /// By whom.
    pub author: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
}

/// The availability of a site on the page of all sites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteAvailabilityOverview {
    /// The site.
    pub site: String,
    /// Its name.
    pub name: LocalText,
    /// Its targets, by the day from which they hold.
    pub tier_targets: Vec<TierTarget>,
    /// Its months, the earliest first.
    pub months: Vec<MonthSummary>,
    /// 30 and 365 days up to now.
    pub rolling: Vec<RollingPeriod>,
}

/// The availability over the days up to now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RollingPeriod {
    /// How many days.
    pub days: u32,
    /// The first instant inside.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after: the last whole minute.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// The worst of the verdicts against the targets in force.
    pub verdict: Verdict,
    /// Availability.
    pub availability_percent: PercentBounds,
    /// The share that is known, with six decimals.
    pub coverage_percent: String,
}

/// Which months of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MonthsQuery {
    /// The last month, as `2018-12`; the current one when not given.
    pub until: Option<String>,
    /// How many, up to 36; 12 when not given.
    pub count: Option<u32>,
}

/// Which revision of a month.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MonthQuery {
    /// The revision; the newest one when not given.
    pub rev: Option<u32>,
}

/// Which revision in which language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MonthReportQuery {
    /// The revision; the newest one when not given.
    pub rev: Option<u32>,
    /// `en` or `vi`; English when not given.
    pub lang: Option<String>,
}

/// Which months of all sites, in which form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MonthTableQuery {
    /// The last month; the current one when not given.
    pub until: Option<String>,
    /// How many, up to 36; 12 when not given.
    pub count: Option<u32>,
    /// `en` or `vi`; English when not given.
    pub lang: Option<String>,
}
