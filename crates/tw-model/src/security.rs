//! Information systems with their security levels, and the firmware that counts as good.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** judge a device; that is
//! `tw-lifecycle`. The scheme of levels is data with its source, not code.

use crate::{Day, Name, PartialDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;
use tw_units::{AssetTag, DeviceId, FirmwareId, SecurityLevelId, ServiceId, SystemId, UnitId};

/// One level of the scheme by which information systems are protected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecurityLevel {
    /// A slug.
    pub id: SecurityLevelId,
    /// Its number; a higher one asks for more.
    pub level: u8,
    /// Its name.
    pub name: Name,
    /// What belongs there, in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<Name>,
    /// The text and the article that say so.
    pub source: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// When somebody last compared this with the text in force; none: nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<Day>,
}

/// The decision that approved a system's level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelApproval {
    /// Its number.
    pub decision: String,
    /// Its day.
    pub date: Day,
}

/// An information system: what is protected as one, with a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InformationSystem {
    /// A slug.
    pub id: SystemId,
    /// Its name.
    pub name: Name,
    /// Who answers for it by law.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Name>,
    /// The unit that runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// Its security level; none: not classified yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// The decision on the level; none: proposed, not approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<LevelApproval>,
    /// The services it gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceId>,
    /// The devices it stands on, besides those of its services.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceId>,
    /// The assets that belong to it and are no devices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assets: Vec<AssetTag>,
    /// Where its users reach it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Name>,
}

/// What firmware counts as good for the devices of a maker or a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firmware {
    /// A slug.
    pub id: FirmwareId,
    /// The maker, as devices and registers name it; capitals do not matter.
    pub vendor: String,
    /// How the model's name begins; none: all of the maker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How the version begins, for trains that live side by side; none: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train: Option<String>,
    /// The least version that has the known holes closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<String>,
    /// When that version came out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<PartialDate>,
    /// When the maker stops to close holes in these versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_of_security: Option<PartialDate>,
    /// The maker's notice that says so.
    pub source: String,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_url: Option<String>,
    /// When somebody last compared this with what the maker says; none: nobody has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_on: Option<Day>,
}

impl Firmware {
    /// Whether it speaks of a device of this maker and model with this version.
    pub fn speaks_of(&self, vendor: &str, model: &str, version: &str) -> bool {
        let begins = |whole: &str, start: &Option<String>| {
            start.as_ref().is_none_or(|start| {
                whole
                    .get(..start.len())
                    .is_some_and(|head| head.eq_ignore_ascii_case(start))
            })
        };
        self.vendor.eq_ignore_ascii_case(vendor)
            && begins(model, &self.model)
            && begins(version, &self.train)
    }
}

/// How many systems are at each level; the last is of those without one.
pub fn systems_by_level<'a>(
    systems: impl IntoIterator<Item = &'a InformationSystem>,
) -> (BTreeMap<u8, usize>, usize) {
    let mut by_level = BTreeMap::new();
    let mut unclassified = 0;
    for system in systems {
        match system.level {
            Some(level) => *by_level.entry(level).or_default() += 1,
            None => unclassified += 1,
        }
    }
    (by_level, unclassified)
}
