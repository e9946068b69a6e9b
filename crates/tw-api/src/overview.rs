//! The first page in one document.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{AgeBuckets, Alert, Circuit, Site, StateCounts};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::ToSchema;

/// The first page: what stands, what is proven, what needs attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// When this was worked out.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// True when readings come from the built-in simulator: the page says so.
    pub simulated: bool,
    /// The sites in the caller's scope.
    pub sites: Vec<Site>,
    /// The circuits that end there.
    pub circuits: Vec<Circuit>,
    /// All devices' states.
    pub devices: StateCounts,
    /// Ages of assets in use, as of today.
    pub age: AgeBuckets,
    /// The newest open alerts, at most 20.
    pub alerts: Vec<Alert>,
    /// How many alerts are open.
    pub alerts_open: u64,
    /// What needs attention, worst first, at most 20.
    pub attention: Vec<Attention>,
}

/// One thing that needs attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Attention {
    /// `site_load_lost`, `site_not_proven`, `site_protection_lost`, `site_target_missed`,
    /// `circuit_down`, `circuit_degraded`, `collector_silent`, `devices_down`, `assets_over_age`:
    /// translated by the console.
    pub code: String,
    /// How bad.
    pub severity: crate::Severity,
    /// Where to look.
    pub subject: crate::AlertSubject,
    /// What the translated sentence needs.
    #[schema(value_type = Object)]
    pub params: serde_json::Map<String, serde_json::Value>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
}
