//! Availability of a site over a window, with bounds and verdict.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::ToSchema;

/// Between which values the truth lies, and the middle of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Bounds {
    /// The least that the evidence allows.
    pub lower: f64,
    /// The headline.
    pub point: f64,
    /// The most that the evidence allows.
    pub upper: f64,
}

/// Percent as text with six decimals, floored, as `99.981234`; `null` when nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PercentBounds {
    /// All doubt counted as down.
    pub lower: Option<String>,
    /// The headline, over the known time.
    pub point: Option<String>,
    /// All doubt counted as up.
    pub upper: Option<String>,
}

/// Whether a target is kept. `indeterminate`: the evidence allows both.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Kept, even if all doubt was down.
    Met,
    /// Not kept, even if all doubt was up.
    Missed,
    /// Not proven either way.
    Indeterminate,
    /// No target holds in the window.
    NoTarget,
}

/// A site's availability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Availability {
    /// Whose.
    pub site: String,
    /// The first instant inside.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// When this was worked out, and so which evidence it stands on.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// The length of the window.
    pub period_seconds: f64,
    /// The load without service.
    pub downtime_seconds: Bounds,
    /// Time without evidence: neither up nor down.
    pub unknown_seconds: f64,
    /// Time in which a further failure of a witness would have taken the load down; never downtime.
    pub redundancy_lost_seconds: f64,
    /// Availability.
    pub availability_percent: PercentBounds,
    /// The share of the window that is known, with six decimals.
    pub coverage_percent: String,
    /// Downtime inside of maintenance that was approved before it began; part of the downtime.
    pub planned_seconds: f64,
    /// All other downtime, overruns with it.
    pub unplanned_seconds: f64,
    /// Unplanned, and claimed by maintenance that was approved after it had begun.
    pub declared_late_seconds: f64,
    /// Stretches of planned work during which the load was lost: not concurrently maintainable.
    pub maintainability_breaches: u64,
    /// Of the known time that was not planned work, with six decimals, floored.
    pub availability_excluding_planned_percent: Option<String>,
    /// How many stretches of downtime.
    pub outages: u64,
    /// One for each target that held in the window.
    pub segments: Vec<AvailabilitySegment>,
    /// The worst of the segments' verdicts: a blended year may not hide a missed segment.
    pub verdict: Verdict,
    /// The mains at each UPS of the site. They say nothing of the load.
    pub mains: Vec<MainsAvailability>,
    /// The devices whose states are the evidence.
    pub witnesses: Vec<String>,
    /// How a stretch of service follows from the witnesses, as `any(vnta-core-1, vnta-core-2)`.
    pub structure: String,
}

/// How the mains at a UPS were, by polls and by what it counts itself (RFC 1628).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MainsAvailability {
    /// The UPS.
    pub ups: String,
    /// Time on battery, in the time that is known.
    pub on_battery_seconds: Bounds,
    /// Time without evidence.
    pub unknown_seconds: f64,
    /// Times on battery that polls saw begin.
    pub losses: u64,
    /// Failures of its input that it counted between polls and no poll saw.
    pub missed: u64,
}

/// The part of a window in which one target held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AvailabilitySegment {
    /// The first instant inside.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// The standard's name, as `uptime`.
    pub standard: Option<String>,
    /// The level, as `III`.
    pub level: Option<String>,
    /// Allowed downtime in parts per million; 180 is 99.982 %.
    pub target_ppm: Option<u32>,
    /// Allowed downtime in this segment.
    pub budget_seconds: Option<f64>,
    /// What is left of it: the worst, the middle, the best case.
    pub budget_left_seconds: Option<Bounds>,
    /// Downtime in this segment.
    pub downtime_seconds: Bounds,
    /// Time without evidence in this segment.
    pub unknown_seconds: f64,
    /// Availability in this segment.
    pub availability_percent: PercentBounds,
    /// Whether the target is kept.
    pub verdict: Verdict,
}
