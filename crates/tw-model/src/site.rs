//! Sites with their Tier targets, buildings, rooms and racks.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{Day, Name, Structure, word::words};
use serde::{Deserialize, Serialize};
use tw_units::{BuildingId, CollectorId, DeviceId, Ppm, RackId, RoomId, SiteId};

words! {
    /// Whose words a level is: Tier I–IV of the Uptime Institute, or Rated-1–4 of TIA-942.
    pub enum TierStandard {
        /// Uptime Institute, Tier Standard: Topology.
        Uptime = "uptime",
        /// ANSI/TIA-942.
        Tia942 = "tia942",
        /// TCVN 9250.
        Tcvn9250 = "tcvn9250",
    }

    /// A level of a standard, by its Roman number.
    pub enum TierLevel {
        /// Basic capacity.
        I = "I",
        /// Redundant capacity components.
        II = "II",
        /// Concurrently maintainable.
        III = "III",
        /// Fault tolerant.
        IV = "IV",
    }
}

/// What a site must reach from some day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierTarget {
    /// Whose level.
    pub standard: TierStandard,
    /// Which level.
    pub level: TierLevel,
    /// How long the load may be down, in parts per million of the time.
    pub downtime_ppm: Ppm,
    /// The first day it holds, in the site's time zone; it ends where the next begins.
    pub valid_from: Day,
}

/// The collector process of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteCollector {
    /// Its id.
    pub id: CollectorId,
    /// Devices whose answers prove that the collector's own network is well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canaries: Vec<DeviceId>,
    /// Further collectors at the site that watch its load witnesses: one that still sees a
    /// witness is enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observers: Vec<CollectorId>,
}

/// One place of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// A slug.
    pub id: SiteId,
    /// Its name.
    pub name: Name,
    /// The IANA time zone of its months and maintenance windows.
    pub timezone: String,
    /// What it must reach, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tier_targets: Vec<TierTarget>,
    /// When its service is up, in terms of load witnesses; without it: when all are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Structure>,
    /// Its collector; without it the centre polls the site itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collector: Option<SiteCollector>,
    /// Street address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
}

/// A building of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Building {
    /// A slug.
    pub id: BuildingId,
    /// Its name.
    pub name: Name,
    /// Where it stands.
    pub site: SiteId,
}

/// A room of a building.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Room {
    /// A slug.
    pub id: RoomId,
    /// Its name.
    pub name: Name,
    /// The building it is in.
    pub building: BuildingId,
    /// The floor; 0 is the ground floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<i16>,
}

/// A rack. Its units count from 1 at the bottom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rack {
    /// A slug.
    pub id: RackId,
    /// Its label.
    pub name: String,
    /// The room it stands in.
    pub room: RoomId,
    /// Its height in rack units (44.45 mm, EIA-310).
    pub u_height: u16,
    /// What its feeds may carry, in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_watts: Option<u32>,
}

impl Rack {
    /// No rack is higher.
    pub const U_HEIGHT_MAX: u16 = 60;
}
