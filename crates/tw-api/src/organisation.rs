//! Organisation, units, people.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use crate::{LocalText, Metadata};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The organisation whose register this is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Organisation {
    /// Its slug.
    pub id: String,
    /// What people wrote.
    pub spec: OrganisationSpec,
    /// What the system counted, within the caller's scope.
    pub status: OrganisationStatus,
    /// Grows with every change of the register.
    pub version: u64,
}

/// What people wrote about the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationSpec {
    /// Its name.
    pub name: LocalText,
    /// Its civil time zone (IANA), in which ages and months are reckoned.
    pub timezone: String,
}

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationStatus {
    /// Sites.
    pub sites: u64,
    /// Units.
    pub units: u64,
    /// People.
    pub people: u64,
    /// Polled devices.
    pub devices: u64,
    /// Circuits.
    pub circuits: u64,
    /// Assets in the register.
    pub assets: u64,
    /// True when readings come from the built-in simulator: every page says so.
    pub simulated: bool,
}

/// A unit (department).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Unit {
    /// Its slug.
    pub id: String,
    /// What people wrote.
    pub spec: UnitSpec,
    /// What the system counted.
    pub status: UnitStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What people wrote about a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitSpec {
    /// Its name.
    pub name: LocalText,
    /// The unit above.
    pub parent: Option<String>,
    /// Where most of it sits.
    pub site: Option<String>,
}

/// How much a unit has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnitStatus {
    /// People on its roster, not those of the units below.
    pub people: u64,
    /// Assets it holds, not those of the units below.
    pub assets: u64,
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    /// The staff code.
    pub id: String,
    /// What people wrote.
    pub spec: PersonSpec,
    /// What the system counted.
    pub status: PersonStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What people wrote about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonSpec {
    /// The name.
    pub name: String,
    /// The unit.
    pub unit: Option<String>,
    /// Where the person works.
    pub site: Option<String>,
    /// Whether on the roster now.
    pub active: bool,
}

/// What a person holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PersonStatus {
    /// Assets in custody.
    pub assets: u64,
}

/// A rack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rack {
    /// Its slug.
    pub id: String,
    /// Where it was written.
    pub metadata: Metadata,
    /// What people wrote.
    pub spec: RackSpec,
    /// What stands in it and how it fares.
    pub status: RackStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What people wrote about a rack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RackSpec {
    /// The words on its door.
    pub name: String,
    /// Its site.
    pub site: String,
    /// Its building.
    pub building: Option<String>,
    /// Its room.
    pub room: Option<String>,
    /// How many U it has; U 1 is at the bottom.
    pub height_u: u32,
}

/// What stands in a rack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RackStatus {
    /// U positions that nothing occupies on the front.
    pub free_u: u32,
    /// Its devices' states.
    pub devices: crate::StateCounts,
    /// What stands where, from the top.
    pub slots: Vec<RackSlot>,
}

/// Something that stands in a rack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RackSlot {
    /// The lowest U that it takes.
    pub u: u32,
    /// How many U it takes.
    pub height_u: u32,
    /// `front` or `rear`.
    pub face: String,
    /// The device's id, if it is polled.
    pub device: Option<String>,
    /// The asset's tag, if it is in the register.
    pub asset: Option<String>,
    /// The label.
    pub label: String,
    /// The device's class.
    pub class: String,
    /// The device's state; `unknown` for what is not polled.
    pub state: crate::State,
}
