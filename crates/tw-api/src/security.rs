//! Information systems, weaknesses, IPv6 readiness.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::LocalText;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// A level of the security scheme, with the text that says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SecurityLevel {
    /// Its slug.
    pub id: String,
    /// Its number.
    pub level: u8,
    /// Its name.
    pub name: LocalText,
    /// What belongs there; `null` where nobody has compared it with the text.
    pub meaning: Option<LocalText>,
    /// The text and the article.
    pub source: String,
    /// When somebody compared it with the text in force.
    #[schema(value_type = Option<String>, format = Date)]
    pub checked_on: Option<String>,
    /// Systems at this level, in the caller's scope.
    pub systems: u64,
}

/// Which information systems.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SystemQuery {
    /// Only of this level; 0 is of those without one.
    pub level: Option<u8>,
    /// Only of this unit.
    pub unit: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// An information system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InformationSystem {
    /// Its slug.
    pub id: String,
    /// Its name.
    pub name: LocalText,
    /// Who answers for it by law.
    pub owner: Option<LocalText>,
    /// The unit that runs it.
    pub unit: Option<String>,
    /// Its security level; `null`: not classified.
    pub level: Option<u8>,
    /// The number of the decision on the level; `null`: not approved.
    pub decision: Option<String>,
    /// The day of the decision.
    #[schema(value_type = Option<String>, format = Date)]
    pub decided_on: Option<String>,
    /// The services it gives.
    pub services: Vec<String>,
    /// The devices it stands on, those of its services among them.
    pub devices: Vec<String>,
    /// Assets that belong to it and are no devices.
    pub assets: Vec<String>,
    /// Where its users reach it.
    pub addresses: Vec<String>,
    /// Weaknesses of its devices that nobody accepted.
    pub findings: u64,
    /// The most urgent of them.
    pub worst: Option<FindingSeverity>,
    /// A note.
    pub note: Option<LocalText>,
    /// Its version in the register.
    pub version: u64,
}

/// How urgent a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
    /// When there is time.
    Low,
    /// Soon.
    Medium,
    /// Now.
    High,
}

/// Which findings, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindingQuery {
    /// Only at this site.
    pub site: Option<String>,
    /// Only of this rule, as `snmp_clear_text`.
    pub rule: Option<String>,
    /// Only this urgent.
    #[param(inline)]
    pub severity: Option<FindingSeverity>,
    /// Only of this information system.
    pub system: Option<String>,
    /// Only accepted ones (`true`) or only the others (`false`).
    pub waived: Option<bool>,
    /// Devices whose id contains this.
    pub q: Option<String>,
    /// `severity`, `device`, `site`, `rule` or `level`; with `-` in front the other way round.
    pub sort: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `csv` for a file of the whole list.
    pub format: Option<String>,
    /// Columns of the file, separated by commas.
    pub columns: Option<String>,
}

/// A weakness of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// `<rule>:<device>`, and for a TLS endpoint `<rule>:<device>:<address>`.
    pub id: String,
    /// Which rule: `snmp_clear_text`, `firmware_outdated`…
    pub rule: String,
    /// How urgent.
    pub severity: FindingSeverity,
    /// The device.
    pub device: String,
    /// The service that answers there, for a finding of a TLS endpoint.
    pub service: Option<String>,
    /// Where it stands.
    pub site: String,
    /// The asset that it is.
    pub asset: Option<String>,
    /// The information systems that stand on it.
    pub systems: Vec<String>,
    /// The highest security level of these.
    pub level: Option<u8>,
    /// What it stands on: `version`, `minimum`, `protocol`, `source`, `until`…
    pub evidence: BTreeMap<String, String>,
    /// The acceptance, while it lasts.
    pub waiver: Option<FindingWaiver>,
}

/// That somebody accepts a finding for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FindingWaiver {
    /// Why.
    pub reason: String,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub until: String,
    /// Who.
    pub actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// Accepts a finding until a day; without a reason it takes an acceptance back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingWaive {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// The last day, at most a year ahead.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<String>,
}

/// How ready for IPv6. Unknown is never counted as ready.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Ipv6Readiness {
    /// It has an address that others can reach.
    Ready,
    /// Only link-local addresses, or only some of its parts.
    Partly,
    /// Its addresses are known, and none is of IPv6.
    Not,
    /// Not enough is known.
    Unknown,
}

/// Which part of the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Ipv6Query {
    /// Only at this site.
    pub site: Option<String>,
    /// Only `device` or only `service`.
    pub kind: Option<String>,
    /// Only this ready.
    #[param(inline)]
    pub readiness: Option<Ipv6Readiness>,
    /// `csv` for a file.
    pub format: Option<String>,
    /// Columns of the file, separated by commas.
    pub columns: Option<String>,
}

/// Who is ready for IPv6.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ipv6Report {
    /// The devices.
    pub devices: Ipv6Counts,
    /// The services.
    pub services: Ipv6Counts,
    /// How many rows there are.
    pub total: u64,
    /// Each of them.
    pub rows: Vec<Ipv6Row>,
}

/// How many are how ready; they sum to `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ipv6Counts {
    /// Ready.
    pub ready: u64,
    /// Partly.
    pub partly: u64,
    /// Not.
    pub not: u64,
    /// Not known.
    pub unknown: u64,
    /// All.
    pub total: u64,
}

/// A device or a service, with what the verdict stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ipv6Row {
    /// `device` or `service`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub site: Option<String>,
    /// How ready it is.
    pub readiness: Ipv6Readiness,
    /// What that stands on: `network` (its own address table, or an answer over IPv6), `register`
    /// or `none`.
    pub basis: String,
    /// How ready it would be by the register alone.
    pub declared: Ipv6Readiness,
    /// What the network reports: the addresses that a device says are its own, or those at which
    /// a service answered.
    pub seen: Vec<Ipv6Address>,
    /// The addresses that are known.
    pub addresses: Vec<String>,
    /// Whether these are all.
    pub complete: bool,
    /// For a service: what it stands on and how ready that is, as `vnta-srv-1: ready`.
    pub parts: Vec<String>,
}

/// An address that the network reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ipv6Address {
    /// The address.
    pub address: String,
    /// `global`, `unique_local`, `link_local` or `none`; without it it is one of IPv4.
    pub scope: Option<String>,
    /// The interface that has it.
    pub interface: Option<String>,
}
