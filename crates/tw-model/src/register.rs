//! The register as a whole, and as items for a store.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** do I/O.
//!
//! Invariant: an entity lies under its own identifier ([`Register::insert`] sees to it).

use crate::{
    AgePolicy, Asset, Building, Circuit, Contract, CowMap, Credential, Device, FacilityNode,
    Manufacturer, Model, Organisation, Person, PlanPolicy, Price, Provider, Purchase, Rack, Room,
    Service, Site, Unit, Waiver,
    word::{Word, words},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeMap;
use tw_units::{
    AssetTag, BuildingId, CircuitId, ContractId, CredentialId, DeviceId, FacilityId,
    ManufacturerId, ModelId, PersonId, PriceId, ProviderId, PurchaseId, RackId, RoomId, ServiceId,
    SiteId, UnitId, WaiverId,
};

words! {
    /// The kinds of entities, in the order in which they can be created: what is referred to
    /// comes first, but for links within one kind and between devices and assets.
    pub enum Kind {
        /// [`Organisation`].
        Organisation = "organisation",
        /// [`Site`].
        Site = "site",
        /// [`Unit`].
        Unit = "unit",
        /// [`Person`].
        Person = "person",
        /// [`Building`].
        Building = "building",
        /// [`Room`].
        Room = "room",
        /// [`Rack`].
        Rack = "rack",
        /// [`Provider`].
        Provider = "provider",
        /// [`Credential`].
        Credential = "credential",
        /// [`Device`].
        Device = "device",
        /// [`Circuit`].
        Circuit = "circuit",
        /// [`Service`].
        Service = "service",
        /// [`Manufacturer`].
        Manufacturer = "manufacturer",
        /// [`Model`].
        Model = "model",
        /// [`Purchase`].
        Purchase = "purchase",
        /// [`Asset`].
        Asset = "asset",
        /// [`FacilityNode`].
        FacilityNode = "facility_node",
        /// [`Price`].
        Price = "price",
        /// [`Contract`].
        Contract = "contract",
        /// [`crate::SecurityLevel`].
        SecurityLevel = "security_level",
        /// [`crate::InformationSystem`].
        InformationSystem = "information_system",
        /// [`crate::Firmware`].
        Firmware = "firmware",
        /// [`Waiver`].
        Waiver = "waiver",
        /// [`AgePolicy`].
        AgePolicy = "age_policy",
        /// [`PlanPolicy`].
        PlanPolicy = "plan_policy",
    }
}

/// An entity as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its identifier; unique within the kind.
    pub id: String,
    /// The entity as JSON, its identifier included.
    pub value: Value,
}

/// Why an item is no entity.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    /// The JSON is not that of the kind.
    #[error("cannot read {kind} {id}")]
    Value {
        /// What it should be.
        kind: Kind,
        /// Which.
        id: String,
        /// What is wrong with it.
        #[source]
        cause: serde_json::Error,
    },
    /// The identifier in the value is another than the item's.
    #[error("{kind} {id} says of itself that it is {inside}")]
    Identifier {
        /// What it is.
        kind: Kind,
        /// The item's identifier.
        id: String,
        /// The value's.
        inside: String,
    },
}

/// All that the organisation owns and wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Register {
    /// Who owns it.
    pub organisation: Option<Organisation>,
    /// Sites.
    pub sites: BTreeMap<SiteId, Site>,
    /// Units.
    pub units: BTreeMap<UnitId, Unit>,
    /// Staff; many, as assets.
    pub people: CowMap<PersonId, Person>,
    /// Buildings.
    pub buildings: BTreeMap<BuildingId, Building>,
    /// Rooms.
    pub rooms: BTreeMap<RoomId, Room>,
    /// Racks.
    pub racks: BTreeMap<RackId, Rack>,
    /// Providers of circuits.
    pub providers: BTreeMap<ProviderId, Provider>,
    /// Credentials, by reference.
    pub credentials: BTreeMap<CredentialId, Credential>,
    /// Devices.
    pub devices: BTreeMap<DeviceId, Device>,
    /// Circuits.
    pub circuits: BTreeMap<CircuitId, Circuit>,
    /// Services.
    pub services: BTreeMap<ServiceId, Service>,
    /// Makers of equipment.
    pub manufacturers: BTreeMap<ManufacturerId, Manufacturer>,
    /// Their models.
    pub models: BTreeMap<ModelId, Model>,
    /// Purchases.
    pub purchases: BTreeMap<PurchaseId, Purchase>,
    /// Assets; many, so that copies of the register share them.
    pub assets: CowMap<AssetTag, Asset>,
    /// The levels of the security scheme.
    pub security_levels: BTreeMap<tw_units::SecurityLevelId, crate::SecurityLevel>,
    /// Information systems.
    pub systems: BTreeMap<tw_units::SystemId, crate::InformationSystem>,
    /// What firmware counts as good.
    pub firmware: BTreeMap<tw_units::FirmwareId, crate::Firmware>,
    /// Waivers of the age rule.
    pub waivers: BTreeMap<WaiverId, Waiver>,
    /// The age rules.
    pub age_policy: Option<AgePolicy>,
    /// The power, cooling and network chains of all sites and times.
    pub facility: BTreeMap<FacilityId, FacilityNode>,
    /// The price list.
    pub prices: BTreeMap<PriceId, Price>,
    /// Warranties, support, leases.
    pub contracts: BTreeMap<ContractId, Contract>,
    /// How replacement plans are made.
    pub plan_policy: Option<PlanPolicy>,
}

/// The identifier under which the one age policy is stored.
const AGE_POLICY_ID: &str = "age";
/// The identifier under which the one policy of plans is stored.
const PLAN_POLICY_ID: &str = "plan";

/// Calls `$each!(kind, field, type, identifier field)` for every keyed kind.
macro_rules! keyed {
    ($each:ident) => {
        $each!(Site, sites, Site, id);
        $each!(Unit, units, Unit, id);
        $each!(Person, people, Person, id);
        $each!(Building, buildings, Building, id);
        $each!(Room, rooms, Room, id);
        $each!(Rack, racks, Rack, id);
        $each!(Provider, providers, Provider, id);
        $each!(Credential, credentials, Credential, id);
        $each!(Device, devices, Device, id);
        $each!(Circuit, circuits, Circuit, id);
        $each!(Service, services, Service, id);
        $each!(Manufacturer, manufacturers, Manufacturer, id);
        $each!(Model, models, Model, id);
        $each!(Purchase, purchases, Purchase, id);
        $each!(Asset, assets, Asset, tag);
        $each!(FacilityNode, facility, FacilityNode, id);
        $each!(Price, prices, Price, id);
        $each!(Contract, contracts, Contract, id);
        $each!(SecurityLevel, security_levels, crate::SecurityLevel, id);
        $each!(InformationSystem, systems, crate::InformationSystem, id);
        $each!(Firmware, firmware, crate::Firmware, id);
        $each!(Waiver, waivers, Waiver, id);
    };
}

impl Register {
    /// Every entity as an item, ordered by kind and identifier.
    pub fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        if let Some(organisation) = &self.organisation {
            items.push(item(Kind::Organisation, &organisation.id, organisation));
        }
        macro_rules! push {
            ($kind:ident, $field:ident, $type:ty, $id:ident) => {
                for entity in self.$field.values() {
                    items.push(item(Kind::$kind, entity.$id.as_str(), entity));
                }
            };
        }
        keyed!(push);
        if let Some(policy) = &self.age_policy {
            items.push(item(Kind::AgePolicy, AGE_POLICY_ID, policy));
        }
        if let Some(policy) = &self.plan_policy {
            items.push(item(Kind::PlanPolicy, PLAN_POLICY_ID, policy));
        }
        items
    }

    /// A register of these items; of two with one identifier the later stays.
    pub fn from_items(items: impl IntoIterator<Item = Item>) -> Result<Self, ItemError> {
        let mut register = Self::default();
        for item in items {
            register.insert(item)?;
        }
        Ok(register)
    }

    /// Puts an entity in its place; an entity of the same identifier makes room.
    pub fn insert(&mut self, item: Item) -> Result<(), ItemError> {
        let (kind, id) = (item.kind, item.id.clone());
        match kind {
            Kind::Organisation => {
                let organisation: Organisation = read(item)?;
                same(kind, id, &organisation.id)?;
                self.organisation = Some(organisation);
            }
            Kind::AgePolicy => {
                same(kind, id, AGE_POLICY_ID)?;
                self.age_policy = Some(read(item)?);
            }
            Kind::PlanPolicy => {
                same(kind, id, PLAN_POLICY_ID)?;
                self.plan_policy = Some(read(item)?);
            }
            _ => self.insert_keyed(item, id)?,
        }
        Ok(())
    }

    fn insert_keyed(&mut self, item: Item, id: String) -> Result<(), ItemError> {
        let kind = item.kind;
        macro_rules! put {
            ($kind:ident, $field:ident, $type:ty, $id:ident) => {
                if kind == Kind::$kind {
                    let entity: $type = read(item)?;
                    same(kind, id, entity.$id.as_str())?;
                    self.$field.insert(entity.$id.clone(), entity);
                    return Ok(());
                }
            };
        }
        keyed!(put);
        Ok(())
    }

    /// Takes an entity away; `false` when there is none.
    pub fn remove(&mut self, kind: Kind, id: &str) -> bool {
        macro_rules! take {
            ($kind:ident, $field:ident, $type:ty, $id:ident) => {
                if kind == Kind::$kind {
                    return self.$field.remove(id).is_some();
                }
            };
        }
        keyed!(take);
        match kind {
            Kind::Organisation => self.organisation.take_if(|o| o.id == id).is_some(),
            Kind::AgePolicy => self.age_policy.take_if(|_| id == AGE_POLICY_ID).is_some(),
            Kind::PlanPolicy => self.plan_policy.take_if(|_| id == PLAN_POLICY_ID).is_some(),
            _ => false,
        }
    }

    /// How many entities of a kind there are.
    pub fn count(&self, kind: Kind) -> usize {
        macro_rules! count {
            ($kind:ident, $field:ident, $type:ty, $id:ident) => {
                if kind == Kind::$kind {
                    return self.$field.len();
                }
            };
        }
        keyed!(count);
        match kind {
            Kind::Organisation => usize::from(self.organisation.is_some()),
            Kind::PlanPolicy => usize::from(self.plan_policy.is_some()),
            _ => usize::from(self.age_policy.is_some()),
        }
    }

    /// How many entities there are.
    pub fn len(&self) -> usize {
        Kind::ALL.iter().map(|&kind| self.count(kind)).sum()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The site of a rack, through its room and building.
    pub fn site_of_rack(&self, rack: &RackId) -> Option<&SiteId> {
        self.site_of_room(&self.racks.get(rack)?.room)
    }

    /// The site of a room, through its building.
    pub fn site_of_room(&self, room: &RoomId) -> Option<&SiteId> {
        let room = self.rooms.get(room)?;
        Some(&self.buildings.get(&room.building)?.site)
    }

    /// The devices of a site, by identifier.
    pub fn devices_of<'a>(&'a self, site: &'a SiteId) -> impl Iterator<Item = &'a Device> {
        self.devices
            .values()
            .filter(move |device| device.site == *site)
    }

    /// The chain of a site on a day, by identifier.
    pub fn facility_of<'a>(
        &'a self,
        site: &'a SiteId,
        day: crate::Day,
    ) -> impl Iterator<Item = &'a FacilityNode> {
        self.facility
            .values()
            .filter(move |node| node.site == *site && node.holds_on(day))
    }

    /// The load witnesses of a site, by identifier.
    pub fn witnesses_of<'a>(&'a self, site: &'a SiteId) -> impl Iterator<Item = &'a Device> {
        self.devices_of(site).filter(|device| device.witness)
    }
}

/// Plain data of this crate always has a JSON form: string keys, no floats.
fn item<T: Serialize>(kind: Kind, id: &str, entity: &T) -> Item {
    let value = serde_json::to_value(entity).expect("plain data with text keys has a JSON form");
    Item {
        kind,
        id: id.to_owned(),
        value,
    }
}

fn read<T: DeserializeOwned>(item: Item) -> Result<T, ItemError> {
    let Item { kind, id, value } = item;
    serde_json::from_value(value).map_err(|cause| ItemError::Value { kind, id, cause })
}

fn same(kind: Kind, id: String, inside: &str) -> Result<(), ItemError> {
    if id == inside {
        return Ok(());
    }
    Err(ItemError::Identifier {
        kind,
        id,
        inside: inside.to_owned(),
    })
}

#[cfg(test)]
mod tests;
