//! Sites.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{Bounds, LocalText, Metadata, PercentBounds, StateCounts, Verdict};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::ToSchema;

/// A site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Site {
    /// Its slug.
    pub id: String,
    /// Where it was written.
    pub metadata: Metadata,
    /// What people wrote.
    pub spec: SiteSpec,
    /// What the system worked out.
    pub status: SiteStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What people wrote about a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteSpec {
    /// Its name.
    pub name: LocalText,
    /// Its civil time zone (IANA).
    pub timezone: String,
    /// Where it is.
    pub address: Option<String>,
    /// North, in degrees.
    pub latitude: Option<f64>,
    /// East, in degrees.
    pub longitude: Option<f64>,
    /// What its availability is held against, by date.
    pub tier_targets: Vec<TierTarget>,
}

/// An availability target that holds from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TierTarget {
    /// The standard's name, as `uptime`.
    pub standard: String,
    /// The level, as `III`.
    pub level: String,
    /// Allowed downtime in parts per million.
    pub downtime_ppm: u32,
    /// The first day, in the site's zone.
    #[schema(value_type = String, format = Date)]
    pub valid_from: String,
}

/// What is known of a site's load now.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SiteState {
    /// The load has service, and one more failure would not take it.
    Fed,
    /// The load has service; the next failure of a witness takes it.
    ProtectionLost,
    /// The load has no service.
    LoadLost,
    /// Nobody can tell: the collector is silent or the witnesses were not seen.
    NotProven,
}

/// What the system worked out about a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SiteStatus {
    /// The state word.
    pub state: SiteState,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// How many more failures of witnesses the load survives: 0 means that the next one takes
    /// it; `null` when it is not known.
    pub margin: Option<u32>,
    /// With margin 0: the devices whose failure drops the load.
    pub next_failures: Vec<String>,
    /// Its devices' states.
    pub devices: StateCounts,
    /// Its open alerts.
    pub alerts_open: u64,
    /// Its collector, if it has its own.
    pub collector: Option<String>,
    /// The newest reading from the site.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_reading_at: Option<Timestamp>,
    /// The target that holds today.
    pub target: Option<TierTarget>,
    /// The current month, from its first instant in the site's zone until now.
    pub month: MonthSoFar,
    /// Minutes of battery that the site's UPSes report, the smallest.
    pub battery_minutes: Option<f64>,
    /// UPSes that run on battery now.
    pub ups_on_battery: Vec<String>,
    /// Assets there that are too old.
    pub assets_over_age: u64,
}

/// The current month against its budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MonthSoFar {
    /// The month's first instant.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Downtime so far.
    pub downtime_seconds: Bounds,
    /// Time without evidence so far.
    pub unknown_seconds: f64,
    /// Allowed downtime in the whole calendar month.
    pub budget_seconds: Option<f64>,
    /// Availability so far.
    pub availability_percent: PercentBounds,
    /// The share that is known, with six decimals.
    pub coverage_percent: String,
    /// So far, against the whole month's budget: `met` means that what is left may still be lost.
    pub verdict: Verdict,
}

/// The state of a site's load over a window, as a strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Timeline {
    /// Whose.
    pub site: String,
    /// The first instant inside.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// The load's states, without holes, in order.
    pub spans: Vec<crate::StateSpan>,
    /// The same for each witness.
    pub witnesses: Vec<WitnessTimeline>,
}

/// The states of one witness.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WitnessTimeline {
    /// The device.
    pub device: String,
    /// Its states, without holes, in order.
    pub spans: Vec<crate::StateSpan>,
}
