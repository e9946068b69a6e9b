//! Whom an alert is about.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** carry a name for people; ids
//! are translated where text is made.

use crate::ups::UpsCondition;
use serde::{Deserialize, Serialize};
use std::fmt;
use tw_units::{CircuitId, DeviceId, SiteId};

/// The subject of an alert; its text form is the alert's key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A site is cut off: nothing is heard of it.
    Site(SiteId),
    /// A device does not answer.
    Device(DeviceId),
    /// A circuit is down.
    Circuit(CircuitId),
    /// A circuit works, but worse than its contract.
    CircuitQuality(CircuitId),
    /// A UPS protects less than it should.
    Ups(DeviceId, UpsCondition),
    /// Maintenance at a site, by its number, goes on beyond its approved end.
    Work(SiteId, String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(id) => write!(f, "site:{id}"),
            Self::Device(id) => write!(f, "device:{id}"),
            Self::Circuit(id) => write!(f, "circuit:{id}"),
            Self::CircuitQuality(id) => write!(f, "circuit_quality:{id}"),
            Self::Work(_, id) => write!(f, "maintenance:{id}"),
            Self::Ups(id, condition) => write!(f, "ups:{id}:{}", condition.as_str()),
        }
    }
}
