//! Interfaces and their traffic.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::State;
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::ToSchema;

/// An interface of a device. The texts are the device's: show them as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Interface {
    /// `<device>:<name>`; it survives re-numbering of `ifIndex`.
    pub id: String,
    /// What people wrote about it.
    pub spec: InterfaceSpec,
    /// What was seen.
    pub status: InterfaceStatus,
    /// Grows with every change of the register.
    pub version: u64,
}

/// What people wrote about an interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InterfaceSpec {
    /// Its device.
    pub device: String,
    /// The circuit that ends here.
    pub circuit: Option<String>,
}

/// What was seen of an interface.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct InterfaceStatus {
    /// `ifName`.
    pub name: String,
    /// `ifDescr`.
    pub descr: String,
    /// `ifAlias`.
    pub alias: String,
    /// `ifIndex` now.
    pub if_index: u32,
    /// `ifType` (`IANAifType`).
    pub if_type: i64,
    /// `ifPhysAddress`.
    pub mac: Option<String>,
    /// `ifHighSpeed` in bits a second; `null` is unknown.
    pub speed_bps: Option<u64>,
    /// `ifMtu`.
    pub mtu: Option<i64>,
    /// Whether people switched it on (`ifAdminStatus`).
    pub admin_up: Option<bool>,
    /// `ifOperStatus`: up, down or unknown.
    pub state: State,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// The newest rate in, between the last two rounds.
    pub in_bps: Option<f64>,
    /// The newest rate out.
    pub out_bps: Option<f64>,
    /// Errors in, each second.
    pub in_errors: Option<f64>,
    /// Errors out, each second.
    pub out_errors: Option<f64>,
    /// When it was last polled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_poll: Option<Timestamp>,
}

/// The traffic of an interface, from raw samples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Traffic {
    /// The interface.
    pub interface: String,
    /// The first instant inside.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// The first instant after.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// Seconds between points.
    pub step_seconds: u32,
    /// The interface's speed now, for the scale.
    pub speed_bps: Option<u64>,
    /// The points, in order; one per step.
    pub points: Vec<TrafficPoint>,
    /// `ifOperStatus` over the window, without holes.
    pub states: Vec<crate::StateSpan>,
    /// Where counters restarted or the device rebooted: why a rate is missing there.
    pub resets: Vec<CounterReset>,
}

/// The mean rates of a step. `null` is a gap: no two readings allow an honest rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrafficPoint {
    /// The end of the step.
    #[schema(value_type = String, format = DateTime)]
    pub t: Timestamp,
    /// Bits a second in.
    pub in_bps: Option<f64>,
    /// Bits a second out.
    pub out_bps: Option<f64>,
    /// Errors in, each second.
    pub in_errors: Option<f64>,
    /// Errors out, each second.
    pub out_errors: Option<f64>,
    /// Discards in, each second.
    pub in_discards: Option<f64>,
    /// Discards out, each second.
    pub out_discards: Option<f64>,
}

/// A restart of counters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CounterReset {
    /// The first reading after it.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// `rebooted`, `discontinuity`, `went_back`.
    pub reason: String,
}
