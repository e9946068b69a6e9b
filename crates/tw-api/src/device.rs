//! Devices, their sensors, and how they are added, changed and tested.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{Metadata, State, StateCounts};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// A polled device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Device {
    /// Its slug.
    pub id: String,
    /// Where it was written.
    pub metadata: Metadata,
    /// What people wrote.
    pub spec: DeviceSpec,
    /// What was seen.
    pub status: DeviceStatus,
    /// Grows with every change; writes carry it.
    pub version: u64,
}

/// What people write about a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceSpec {
    /// What people call it.
    pub name: String,
    /// `router`, `switch`, `firewall`, `ups`, `pdu`, `server`, `storage`…
    pub class: String,
    /// Its site.
    pub site: String,
    /// Where it answers, `10.0.0.1`, `10.0.0.1:161` or `[2001:db8::1]:161`.
    pub address: Option<String>,
    /// The credential's id; without it the device is only pinged.
    #[serde(default)]
    pub credential: Option<String>,
    /// Seconds between polls.
    #[serde(default)]
    pub poll_seconds: Option<u32>,
    /// Whether it witnesses that the site's load is fed.
    #[serde(default)]
    pub witness: bool,
    /// Its rack.
    #[serde(default)]
    pub rack: Option<String>,
    /// The lowest U that it takes.
    #[serde(default)]
    pub u: Option<u32>,
    /// How many U it takes.
    #[serde(default)]
    pub height_u: Option<u32>,
    /// `front` or `rear`.
    #[serde(default)]
    pub face: Option<String>,
    /// The tag of its asset in the register.
    #[serde(default)]
    pub asset: Option<String>,
}

/// What was seen of a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeviceStatus {
    /// Up, down or unknown.
    pub state: State,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// The newest round.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_poll: Option<Timestamp>,
    /// How long SNMP took to answer in that round.
    pub snmp_rtt_seconds: Option<f64>,
    /// When it started, by its own `sysUpTime`.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub booted_at: Option<Timestamp>,
    /// What is wrong with its answers now.
    pub problems: Vec<ProblemSeen>,
    /// Who it says it is.
    pub identity: Option<IdentitySeen>,
    /// Its interfaces' states; administratively down ones are counted in `interfaces_admin_down` only.
    pub interfaces: StateCounts,
    /// Interfaces that people switched off.
    pub interfaces_admin_down: u64,
    /// How many sensors it has; see `/devices/{id}/sensors`.
    pub sensors: u64,
    /// Whether readings come from the built-in simulator.
    pub simulated: bool,
    /// Its entry in the register of assets.
    pub asset: Option<AssetBrief>,
}

/// The few things about an asset that a device's page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssetBrief {
    /// Its tag.
    pub tag: String,
    /// Its serial number in the register.
    pub serial: Option<String>,
    /// Its model in the register.
    pub model: Option<String>,
    /// The verdict on its age.
    pub age: crate::AgeVerdict,
}

/// Something wrong with a device's answers. The texts are the device's: show them as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProblemSeen {
    /// A stable word: `oid_not_increasing`, `rebooted`, `auth_failed`…
    pub code: String,
    /// Where and what, in English.
    pub detail: String,
    /// When it was first seen in this stretch.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// How often since then.
    pub count: u64,
}

/// Who a device says it is. The texts are the device's: show them as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentitySeen {
    /// `sysDescr`.
    pub sys_descr: String,
    /// `sysObjectID`.
    pub sys_object_id: String,
    /// `sysName`.
    pub sys_name: String,
    /// `sysLocation`.
    pub sys_location: String,
    /// `sysContact`.
    pub sys_contact: String,
    /// The maker.
    pub vendor: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The chassis' serial number.
    pub serial: Option<String>,
    /// The software's version.
    pub software: Option<String>,
    /// When this was seen.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
}

/// Which devices, in which order, in which form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeviceQuery {
    /// Only of this site.
    pub site: Option<String>,
    /// Only of this class.
    pub class: Option<String>,
    /// Only in this state.
    #[param(inline)]
    pub state: Option<State>,
    /// Only in this rack.
    pub rack: Option<String>,
    /// Only those with this text in id, name, address, vendor, model or serial.
    pub q: Option<String>,
    /// `id`, `name`, `site`, `class`, `state`, `address`, `since`, `last_poll`; `-` in front
    /// turns the order around.
    pub sort: Option<String>,
    /// For CSV: the columns, separated by commas.
    pub columns: Option<String>,
    /// `csv` for a file of all matching devices instead of a page.
    pub format: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A new device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceCreate {
    /// Its slug.
    pub id: String,
    /// What people write.
    pub spec: DeviceSpec,
}

/// A changed device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceEdit {
    /// The version that the caller saw.
    pub version: u64,
    /// What people write.
    pub spec: DeviceSpec,
}

/// A device to try, saved or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceTest {
    /// Its site: the caller must see it.
    pub site: String,
    /// Where it answers.
    pub address: String,
    /// The credential's id.
    pub credential: String,
}

/// What a trial poll of the system group gave, asked by the centre itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceTestResult {
    /// Whether it answered.
    pub answered: bool,
    /// A stable word when it did not: `silent`, `auth_failed`, `unreachable`, `bad_answer`…
    pub problem: Option<String>,
    /// In English, what happened.
    pub detail: Option<String>,
    /// How long it took.
    pub elapsed_ms: u64,
    /// `sysName`.
    pub sys_name: Option<String>,
    /// `sysDescr`.
    pub sys_descr: Option<String>,
    /// `sysObjectID`.
    pub sys_object_id: Option<String>,
}

/// A sensor with its newest reading.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sensor {
    /// `<device>:<name>`.
    pub id: String,
    /// Its device.
    pub device: String,
    /// What the device calls it.
    pub name: String,
    /// `temperature`, `voltage`, `charge`, `state`…
    pub class: String,
    /// The unit of the value: `celsius`, `volts`, `ratio`, `seconds`, `state`.
    pub unit: String,
    /// The newest value in that unit; `null` when it was asked for and not had.
    pub value: Option<f64>,
    /// For states: the word of the code.
    pub state_word: Option<String>,
    /// For states: the words of all codes.
    pub states: Vec<SensorWord>,
    /// When it was read.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
}

/// What a code of a state sensor means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SensorWord {
    /// The code.
    pub code: i64,
    /// The word.
    pub word: String,
}

/// Which sensors.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SensorQuery {
    /// Only of this site.
    pub site: Option<String>,
    /// Only of this device.
    pub device: Option<String>,
    /// Only of this class.
    pub class: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The readings of a sensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SensorSamples {
    /// The sensor.
    pub sensor: String,
    /// The unit of the values.
    pub unit: String,
    /// Seconds between points.
    pub step_seconds: u32,
    /// The points, in order; `null` is a gap.
    pub points: Vec<crate::SamplePoint>,
}
