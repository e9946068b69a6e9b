//! The register: what the organisation owns and wants, as plain data.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** read a clock, a file or a
//! database; know YAML.
//!
//! [`Register`] holds every entity under its identifier; [`validate`] says what contradicts;
//! [`plan`] is the difference between a wanted and a present register, [`apply`] carries it out.
//! For a store an entity is an [`Item`]: kind, identifier and JSON.

mod age_policy;
mod asset;
mod catalogue;
mod circuit;
mod contract;
mod cow_map;
mod date;
mod device;
mod facility;
mod organisation;
mod plan;
mod plan_policy;
mod price;
mod register;
mod security;
mod service;
mod site;
mod structure;
mod suggest;
mod validate;
mod word;

pub use age_policy::{
    AgePolicy, AgeRule, Binding, ComponentAgeRule, EndDate, Months, MonthsError, StaffGroup,
    WaiverPolicy, WaiverProof,
};
pub use asset::{
    AccountingClass, Asset, AssetClass, AssetPlace, AssetStatus, COMPONENTS_MAX, CUSTOM_FIELDS_MAX,
    Component, ComponentKind, DateKind, RecordedDate,
};
pub use catalogue::{Catalogue, Manufacturer, Model, Purchase, Waiver, is_placeholder_serial};
pub use circuit::{
    Circuit, CircuitContract, CircuitEnd, CircuitProbe, CircuitStage, ProbeKind, Provider,
};
pub use contract::{Contract, ContractKind};
pub use cow_map::CowMap;
pub use date::{DateError, Day, PartialDate, Precision};
pub use device::{
    AuthProtocol, Credential, Device, DeviceClass, DeviceInterface, Face, POLL_SECONDS_DEFAULT,
    POLL_SECONDS_MAX, POLL_SECONDS_MIN, PrivProtocol, RackPosition, SNMP_PORT, SecretRef,
    SnmpCredential, SnmpVersion, TlsEndpoint, socket_address,
};
pub use facility::{
    FacilityInput, FacilityKind, FacilityNeed, FacilityNode, FacilityRole, FacilitySignal,
    FacilitySource, FacilitySystem, FacilityTrap, FuelAttestation, SignalTest, Transfer,
    TrapMeaning, trap_event_key,
};
pub use organisation::{Name, Organisation, Person, Unit};
pub use plan::{Absent, Action, Change, FieldChange, Plan, apply, plan};
pub use plan_policy::{Envelope, FailurePrior, PlanPolicy, PlanSet, PlanWeights};
pub use price::{BudgetHeading, Price, Remedy};
pub use register::{Item, ItemError, Kind, Register};
pub use security::{Firmware, InformationSystem, LevelApproval, SecurityLevel, systems_by_level};
pub use service::{Service, ServiceKind};
pub use site::{Building, Rack, Room, Site, SiteCollector, TierLevel, TierStandard, TierTarget};
pub use structure::Structure;
pub use suggest::{allowed_words, nearest};
pub use validate::{Finding, FindingCode, validate};
pub use word::Word;
