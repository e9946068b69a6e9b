//! Collectors, and service discovery for Prometheus.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tw_units::Timestamp;
use utoipa::ToSchema;

/// Whether a collector delivers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CollectorState {
    /// Delivers in time.
    Live,
    /// Delivers, but what it delivers is old: a backlog is on its way.
    CatchingUp,
    /// Was not heard of for longer than it may be silent: its site is not proven.
    Silent,
    /// Was never heard of.
    NeverSeen,
}

/// A collector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Collector {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub spec: CollectorSpec,
    /// How it fares.
    pub status: CollectorStatus,
    /// Grows with every change of what it is told to do.
    pub version: u64,
}

/// Where a collector stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CollectorSpec {
    /// Its site.
    pub site: String,
}

/// How a collector fares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]

pub struct CollectorStatus {
    /// The word.
    pub state: CollectorState,
    /// The newest request from it, by the centre's clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_contact_at: Option<Timestamp>,
    /// The newest reading from it, by its own clock.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_reading_at: Option<Timestamp>,
    /// Now minus the newest reading.
    pub lag_seconds: Option<f64>,
    /// Its clock minus ours, at the last batch.
    pub skew_seconds: Option<f64>,
    /// Whether its kernel says that its clock is synchronised.
    pub clock_synchronised: Option<bool>,
    /// Its program's version.
    pub software: Option<String>,
    /// The configuration that it runs.
    pub config_version: Option<u64>,
    /// The configuration that it should run.
    pub config_version_wanted: u64,
    /// Targets that it polls.
    pub targets: Option<u64>,
    /// Bytes of its spool.
    pub spool_bytes: Option<u64>,
    /// The most that its spool may take.
    pub spool_bytes_max: Option<u64>,
    /// Batches that the centre has not acknowledged.
    pub spool_batches: Option<u64>,
    /// The oldest of them.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub oldest_unsent_at: Option<Timestamp>,
    /// Poll rounds since its start.
    pub rounds: Option<u64>,
    /// Rounds that began later than their interval allows.
    pub late_rounds: Option<u64>,
    /// Its resident memory.
    pub resident_bytes: Option<u64>,
    /// Records that it dropped since its start, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// Records of it that the centre refused, by reason; `all` are those of before reasons were
    /// counted.
    pub refused: BTreeMap<String, u64>,
    /// Those of them that name targets which are not its own to speak of.
    pub foreign: Option<ForeignTargets>,
}

/// Records of a collector that name devices or circuits of sites that it neither serves nor
/// watches. They are refused; the rest of their batches is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForeignTargets {
    /// How many.
    pub records: u64,
    /// When the last of them came.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
    /// A target that they named.
    pub example: String,
}

/// A group of targets, as Prometheus' `http_sd_config` reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SdGroup {
    /// Addresses.
    pub targets: Vec<String>,
    /// Labels; `__meta_tierwatch_…` and `site`, `instance`.
    pub labels: BTreeMap<String, String>,
}
