//! How replacement plans are weighed, and what may be spent a year.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** weigh; that is
//! `tw-lifecycle`.

use crate::{AssetClass, Name, organisation::is_false};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tw_units::{AssetTag, Vnd};

/// How much each reason counts, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanWeights {
    /// For a member of staff whose primary computer is older than the rule allows.
    pub person: u32,
    /// For any other asset that is.
    pub equipment: u32,
    /// For each million VND of expected outage cost a year that goes away.
    pub outage_per_million_vnd: u32,
    /// For the end of security updates, times the security level of what the asset serves.
    pub security_per_level: u32,
    /// For the end of the maker's support.
    pub support: u32,
    /// For each million VND of electricity saved in five years.
    pub energy_per_million_vnd: u32,
}

/// What may be spent in a year, by heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The budget year, which is the calendar year.
    pub year: u16,
    /// For what is bought once.
    pub investment_vnd: Vnd,
    /// For what is paid every year.
    pub recurrent_vnd: Vnd,
}

/// How often things of a class fail, and what it costs when one does: a prior, until the own
/// fleet has enough years.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailurePrior {
    /// Failures in a thousand device years, within the age rule.
    pub within_per_1000_years: u32,
    /// The same when it is older.
    pub over_per_1000_years: u32,
    /// What one failure costs when nothing backs the asset up.
    pub outage_vnd: Vnd,
    /// Where the numbers are from.
    pub source: String,
}

/// Assets that belong together when they are replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanSet {
    /// Its name, once in the policy.
    pub id: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Which assets.
    pub assets: Vec<AssetTag>,
    /// All are replaced or none.
    #[serde(default, skip_serializing_if = "is_false")]
    pub together: bool,
    /// They back each other up: at most one is worked on in a quarter.
    #[serde(default, skip_serializing_if = "is_false")]
    pub one_a_quarter: bool,
    /// How much of the outage cost remains when one of them fails: 100 where nothing backs it
    /// up, the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact_percent: Option<u32>,
}

/// How plans are made. There is one policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanPolicy {
    /// How much each reason counts.
    pub weights: PlanWeights,
    /// How much of a reason counts when the age is uncertain or contradictory, in percent.
    pub uncertain_percent: u32,
    /// How much of it counts when the age is not known.
    pub unknown_percent: u32,
    /// What a kilowatt-hour costs, in VND.
    pub electricity_vnd_per_kwh: u32,
    /// What may be spent, by year.
    pub envelopes: Vec<Envelope>,
    /// How many assets can be installed in a quarter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity_per_quarter: Option<u32>,
    /// Failures by class.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failures: BTreeMap<AssetClass, FailurePrior>,
    /// The security level of what assets of a class serve, where nothing better is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub security_levels: BTreeMap<AssetClass, u32>,
    /// Assets that belong together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<PlanSet>,
}

impl PlanPolicy {
    /// The envelope of a year.
    pub fn envelope(&self, year: u16) -> Option<&Envelope> {
        self.envelopes.iter().find(|envelope| envelope.year == year)
    }

    /// The set that an asset belongs to; the first that names it.
    pub fn set_of(&self, tag: &AssetTag) -> Option<&PlanSet> {
        self.sets.iter().find(|set| set.assets.contains(tag))
    }
}
