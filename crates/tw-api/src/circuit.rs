//! WAN circuits and their probes.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{LocalText, Metadata, State};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// A circuit between two sites.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Circuit {
    /// Its slug.
    pub id: String,
    /// Where it was written.
    pub metadata: Metadata,
    /// What people wrote.
    pub spec: CircuitSpec,
    /// What the system worked out.
    pub status: CircuitStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What people wrote about a circuit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CircuitSpec {
    /// Its name.
    pub name: LocalText,
    /// Who carries it.
    pub provider: Option<String>,
    /// One end.
    pub a: CircuitEnd,
    /// The other end.
    pub z: CircuitEnd,
    /// What the contract promises.
    pub commit_bps: Option<u64>,
}

/// Where a circuit ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CircuitEnd {
    /// The site.
    pub site: String,
    /// The device.
    pub device: String,
    /// The interface's id.
    pub interface: Option<String>,
}

/// What the system worked out about a circuit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CircuitStatus {
    /// Up, degraded, down or unknown.
    pub state: State,
    /// Since when, as far as the evidence says.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// What the state stands on.
    pub evidence: Vec<CircuitEvidence>,
    /// The newest mean round-trip time, the worse of both ends.
    pub rtt_seconds: Option<f64>,
    /// The newest loss (0 to 1), the worse of both ends.
    pub loss_ratio: Option<f64>,
    /// The newest rate from the A end to the Z end.
    pub a_to_z_bps: Option<f64>,
    /// The newest rate from the Z end to the A end.
    pub z_to_a_bps: Option<f64>,
}

/// One thing that is known about a circuit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CircuitEvidence {
    /// `interface` or `probe`.
    pub kind: String,
    /// Which: an interface's id, or the site at whose end the probe runs.
    pub subject: String,
    /// Which end of the circuit: `a` or `z`.
    pub end: String,
    /// What it says.
    pub state: State,
    /// When it was last seen.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// Which circuits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CircuitQuery {
    /// Only those that end at this site.
    pub site: Option<String>,
    /// Only in this state.
    #[param(inline)]
    pub state: Option<State>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The probes of a circuit over a window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CircuitProbes {
    /// The circuit.
    pub circuit: String,
    /// Seconds between points.
    pub step_seconds: u32,
    /// One list for each end.
    pub ends: Vec<ProbeSeries>,
}

/// What the probes of one end saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProbeSeries {
    /// The site that sends.
    pub site: String,
    /// The points, in order; `null` is a gap.
    pub points: Vec<ProbePoint>,
    /// `tierwatch_probe_up` over the window, without holes.
    pub states: Vec<crate::StateSpan>,
}

/// What the probes of a step saw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProbePoint {
    /// The end of the step.
    #[schema(value_type = String, format = DateTime)]
    pub t: Timestamp,
    /// Probes sent.
    pub sent: Option<u64>,
    /// Of these, lost.
    pub lost: Option<u64>,
    /// Lost over sent (0 to 1).
    pub loss_ratio: Option<f64>,
    /// Mean round-trip time.
    pub rtt_seconds: Option<f64>,
    /// The smallest round-trip time.
    pub rtt_min_seconds: Option<f64>,
    /// The largest round-trip time.
    pub rtt_max_seconds: Option<f64>,
}
