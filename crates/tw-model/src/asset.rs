//! What is owned, where it is, who keeps it, and the dates that are known of it.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** judge an age; that is
//! `tw-lifecycle`.

use crate::{PartialDate, RackPosition, word::words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tw_units::{AssetTag, DeviceId, PersonId, PurchaseId, RoomId, SiteId, UnitId, Vnd};

/// The most components of an asset.
pub const COMPONENTS_MAX: usize = 500;

/// The most custom fields of an asset.
pub const CUSTOM_FIELDS_MAX: usize = 50;

words! {
    /// What kind of thing an asset is; the age policy has thresholds by class.
    pub enum AssetClass {
        /// Desktop computer.
        Desktop = "desktop",
        /// Laptop computer.
        Laptop = "laptop",
        /// Screen.
        Monitor = "monitor",
        /// Printer.
        Printer = "printer",
        /// Scanner.
        Scanner = "scanner",
        /// Projector or meeting screen.
        Projector = "projector",
        /// Telephone.
        Phone = "phone",
        /// Camera.
        Camera = "camera",
        /// Server.
        Server = "server",
        /// Storage array or tape library.
        Storage = "storage",
        /// Router.
        Router = "router",
        /// Switch.
        Switch = "switch",
        /// Firewall.
        Firewall = "firewall",
        /// Wireless access point or its controller.
        Wireless = "wireless",
        /// Uninterruptible power supply.
        Ups = "ups",
        /// Power distribution unit.
        Pdu = "pdu",
        /// Automatic transfer switch.
        Ats = "ats",
        /// Generator.
        Generator = "generator",
        /// Cooling unit or air conditioner.
        Cooling = "cooling",
        /// Environment sensors.
        Environment = "environment",
        /// Anything else.
        Other = "other",
    }

    /// Where an asset is in its life.
    pub enum AssetStatus {
        /// Wanted.
        Planned = "planned",
        /// Bought, not here yet.
        Ordered = "ordered",
        /// A spare.
        InStock = "in_stock",
        /// In use.
        Deployed = "deployed",
        /// Being repaired.
        Maintenance = "maintenance",
        /// Out of use, not yet disposed of.
        Retired = "retired",
        /// Gone for good.
        Disposed = "disposed",
        /// Missing.
        Lost = "lost",
    }

    /// Which event of an asset's life a date is of.
    pub enum DateKind {
        /// The order.
        Ordered = "ordered",
        /// The invoice.
        Purchased = "purchased",
        /// The delivery.
        Received = "received",
        /// The record of acceptance.
        Accepted = "accepted",
        /// First use; set once, a new place never resets it.
        FirstInService = "first_in_service",
        /// Made at the factory.
        Manufactured = "manufactured",
        /// Warranty begins.
        WarrantyStart = "warranty_start",
        /// Warranty ends.
        WarrantyEnd = "warranty_end",
        /// Installed as a component, as a battery.
        Installed = "installed",
    }
}

words! {
    /// How the asset stands in the books.
    pub enum AccountingClass {
        /// A fixed asset.
        FixedAsset = "fixed_asset",
        /// A tool below the threshold of fixed assets.
        Tool = "tool",
        /// Somebody else's, for rent.
        Leased = "leased",
    }

    /// What kind of part a component is.
    pub enum ComponentKind {
        /// Battery or battery pack.
        Battery = "battery",
        /// Power supply.
        Psu = "psu",
        /// Disk or solid-state drive.
        Drive = "drive",
        /// Optical transceiver.
        Sfp = "sfp",
        /// Line card or module.
        LineCard = "line_card",
        /// Memory module.
        Memory = "memory",
        /// Fan or fan tray.
        Fan = "fan",
        /// Anything else.
        Other = "other",
    }
}

impl AssetStatus {
    /// Whether the five-year rule counts it: in use, in repair, a spare, retired but not yet
    /// disposed of, or lost and not yet written off.
    pub fn in_scope(self) -> bool {
        match self {
            Self::InStock | Self::Deployed | Self::Maintenance | Self::Retired | Self::Lost => true,
            Self::Planned | Self::Ordered | Self::Disposed => false,
        }
    }
}

/// A date and where it is known from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedDate {
    /// The date, as precisely as it is known.
    pub date: PartialDate,
    /// The document or the count that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The document's number or address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// A part of an asset that has a serial number or an age of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its place in the whole, as `battery-1` or `slot 0/3`.
    pub name: String,
    /// What it is; the age policy has rules by this word.
    pub kind: ComponentKind,
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Its serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The dates that are known of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dates: BTreeMap<DateKind, RecordedDate>,
}

/// Where an asset is; a mounted device's place is its rack position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssetPlace {
    /// The site.
    pub site: SiteId,
    /// The room, where rooms are in the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomId>,
    /// The desk, shelf or office in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One thing that is owned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// The tag glued to it.
    pub tag: AssetTag,
    /// What it is.
    pub class: AssetClass,
    /// Where it is in its life.
    pub status: AssetStatus,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer: Option<String>,
    /// Its model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Its serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// The dates that are known of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dates: BTreeMap<DateKind, RecordedDate>,
    /// The unit that keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The person who keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custodian: Option<PersonId>,
    /// Whether it is its custodian's primary computer.
    #[serde(default, skip_serializing_if = "crate::organisation::is_false")]
    pub primary: bool,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<AssetPlace>,
    /// What was paid for it, in VND.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_vnd: Option<Vnd>,
    /// The device of the inventory that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// Why it has no serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_serial: Option<String>,
    /// Where it is mounted, if no device of the inventory says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rack: Option<RackPosition>,
    /// How it stands in the books.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounting: Option<AccountingClass>,
    /// With which purchase it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase: Option<PurchaseId>,
    /// Its parts that age or move apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
    /// Fields of the organisation's own, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, String>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Asset {
    /// An asset of which nothing else is known.
    pub const fn new(tag: AssetTag, class: AssetClass, status: AssetStatus) -> Self {
        Self {
            tag,
            class,
            status,
            manufacturer: None,
            model: None,
            serial: None,
            dates: BTreeMap::new(),
            unit: None,
            custodian: None,
            primary: false,
            place: None,
            price_vnd: None,
            device: None,
            no_serial: None,
            rack: None,
            accounting: None,
            purchase: None,
            components: Vec::new(),
            custom: BTreeMap::new(),
            note: None,
        }
    }
}
