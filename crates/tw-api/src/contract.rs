//! Contracts about equipment, what they cover, and what each unit holds and costs.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use crate::{AgeVerdict, LocalText, PeopleCompliance};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What people write about a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EquipmentContractSpec {
    /// `warranty`, `support` or `lease`.
    pub kind: String,
    /// What it is about.
    pub name: LocalText,
    /// With whom.
    pub supplier: String,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub start: String,
    /// The last day; `null` for one without an end.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub end: Option<String>,
    /// What is promised, in words.
    #[serde(default)]
    pub sla: Option<String>,
    /// What it costs a year, in VND.
    #[serde(default)]
    pub yearly_vnd: Option<i64>,
    /// The unit that answers for it.
    #[serde(default)]
    pub unit: Option<String>,
    /// The assets it covers.
    #[serde(default)]
    pub assets: Vec<String>,
}

/// A contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EquipmentContract {
    /// Its number.
    pub id: String,
    /// What people wrote; of its assets those in the caller's scope.
    pub spec: EquipmentContractSpec,
    /// What follows on the day.
    pub status: EquipmentContractStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What follows from a contract's dates on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EquipmentContractStatus {
    /// `coming`, `running`, `open_ended`, `ended`.
    pub state: String,
    /// Days to its last day; negative when it has ended; `null` without an end.
    pub days_left: Option<i64>,
    /// How many assets it covers in all.
    pub assets: u64,
}

/// A new or changed contract; version 0 makes a new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EquipmentContractEdit {
    /// What people write.
    pub spec: EquipmentContractSpec,
    /// The version that was seen.
    pub version: u64,
}

/// Which contracts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContractQuery {
    /// `warranty`, `support` or `lease`.
    pub kind: Option<String>,
    /// `coming`, `running`, `open_ended`, `ended`.
    pub state: Option<String>,
    /// Only those that cover this asset.
    pub asset: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `json`, `csv` or `xlsx`; `json` without it. Files have the whole list.
    pub format: Option<String>,
    /// `en` or `vi`, for files; `vi` without it.
    pub lang: Option<String>,
}

/// What ends soon.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContractReportQuery {
    /// A civil day. Without it: today in the organisation's zone.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
    /// How many days ahead, 1 to 3,660; 90 without it.
    pub days: Option<u32>,
    /// `json` or `xlsx`; `json` without it.
    pub format: Option<String>,
    /// `en` or `vi`, for files; `vi` without it.
    pub lang: Option<String>,
}

/// What is covered, what ends, what stands without cover.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContractReport {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub as_of: String,
    /// How many days ahead.
    pub days: u32,
    /// Contracts that end within the days, the soonest first.
    pub ending: Vec<EquipmentContract>,
    /// Contracts that ended in as many days before.
    pub ended: Vec<EquipmentContract>,
    /// Warranties by the assets' own dates that end within the days, the soonest first.
    pub warranties: Vec<WarrantyEnding>,
    /// Critical assets in use by cover.
    pub critical: CoverCount,
    /// Critical assets in use that nothing certainly covers, by tag.
    pub uncovered: Vec<UncoveredAsset>,
    /// Parts that age apart from their asset: batteries.
    pub parts: Vec<PartAge>,
    /// What running contracts cost a year, in VND.
    pub yearly_vnd: i64,
}

/// A warranty that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WarrantyEnding {
    /// The asset's tag.
    pub asset: String,
    /// Its class.
    pub class: String,
    /// The first day it can end.
    #[schema(value_type = String, format = Date)]
    pub earliest: String,
    /// The last.
    #[schema(value_type = String, format = Date)]
    pub latest: String,
}

/// Critical assets by cover; the parts sum to `assets`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CoverCount {
    /// Critical assets in use.
    pub assets: u64,
    /// Covered by a contract in force.
    pub by_contract: u64,
    /// Covered by their own warranty only.
    pub by_warranty: u64,
    /// The warranty's end is too coarse to tell.
    pub uncertain: u64,
    /// Nothing covers them.
    pub uncovered: u64,
}

/// A critical asset that nothing certainly covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UncoveredAsset {
    /// The asset's tag.
    pub asset: String,
    /// Its class.
    pub class: String,
    /// Its model.
    pub model: Option<String>,
    /// Its site.
    pub site: Option<String>,
    /// `never`, `ended` or `uncertain`.
    pub why: String,
    /// The day the last cover ended, where it is known.
    #[schema(value_type = Option<String>, format = Date)]
    pub ended_on: Option<String>,
}

/// A part that ages apart from its asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PartAge {
    /// The asset's tag.
    pub asset: String,
    /// Its class.
    pub class: String,
    /// Which part: `battery`.
    pub part: String,
    /// Its verdict.
    pub verdict: AgeVerdict,
    /// The asset's own verdict.
    pub asset_verdict: AgeVerdict,
    /// Which date counts.
    pub basis: Option<String>,
    /// The latest day on which it falls due.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_latest: Option<String>,
    /// Months that the policy allows.
    pub max_age_months: u32,
}

/// As of which day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnitReportQuery {
    /// A civil day. Without it: today in the organisation's zone.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
    /// `json`, `csv` or `xlsx`; `json` without it. Files have the whole list.
    pub format: Option<String>,
    /// `en` or `vi`, for files; `vi` without it.
    pub lang: Option<String>,
}

/// What each unit holds and costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnitReport {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub as_of: String,
    /// The units in the caller's scope; one without id holds what belongs to no unit.
    pub units: Vec<UnitHolding>,
    /// Where a maker gives only the most that a model draws, so much of it is taken for usual, in
    /// percent, and marked as an estimate.
    #[serde(default)]
    pub nameplate_usual_percent: u32,
    /// What all use, with its cost and how full it is; only for callers who see everything.
    pub shared: Option<SharedInfrastructure>,
}

/// What a unit holds; not what the units below it hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UnitHolding {
    /// The unit; `null` for what belongs to none.
    pub unit: Option<String>,
    /// Its name.
    pub name: LocalText,
    /// The unit above.
    pub parent: Option<String>,
    /// Its people with their computers.
    pub people: PeopleCompliance,
    /// Assets in scope, without shared infrastructure.
    pub assets: u64,
    /// The same by class.
    pub by_class: Vec<ClassCount>,
    /// Of them too old.
    pub over: u64,
    /// Of them not known to be young or old.
    pub not_known: u64,
    /// What was paid for them, in VND, where it is known.
    pub paid_vnd: i64,
    /// How many have no price.
    pub without_price: u64,
    /// What its contracts cost a year, in VND, without those for shared infrastructure.
    pub contracts_yearly_vnd: i64,
    /// Its share of what the shared infrastructure costs a year, in VND, by its people.
    pub shared_yearly_vnd: i64,
    /// What those of its assets that are in use usually draw.
    #[serde(default)]
    pub power: PowerUse,
}

/// What things in use usually draw together, by what their models say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PowerUse {
    /// In watts, of those whose draw is known or estimated.
    pub watts: u64,
    /// Of that, estimated: a stated share of the nameplate, where the maker gives no usual draw.
    pub estimated_watts: u64,
    /// How many have no known draw; they are not in the sum.
    pub unknown: u64,
}

/// How many of a class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClassCount {
    /// The class.
    pub class: String,
    /// How many.
    pub assets: u64,
}

/// What all units use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedInfrastructure {
    /// Assets in scope.
    pub assets: u64,
    /// The same by class.
    pub by_class: Vec<ClassCount>,
    /// What was paid for them, in VND, where it is known.
    pub paid_vnd: i64,
    /// How many have no price.
    pub without_price: u64,
    /// What contracts for them cost a year, in VND.
    pub contracts_yearly_vnd: i64,
    /// What circuits cost a year, in VND.
    pub circuits_yearly_vnd: i64,
    /// Both together; the units' shares sum to it.
    pub yearly_vnd: i64,
    /// What those in use usually draw.
    #[serde(default)]
    pub power: PowerUse,
    /// How full it is.
    pub capacity: Vec<CapacityUse>,
}

/// How much of something is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CapacityUse {
    /// `rack_units`; `power` in watts, against what the UPS carry, of several with the
    /// largest one out.
    pub what: String,
    /// At which site.
    pub site: String,
    /// Used.
    pub used: u64,
    /// In all; 0 where nobody declared it.
    pub total: u64,
    /// Of what is used, estimated from nameplates.
    #[serde(default)]
    pub estimated: u64,
    /// How many things have no known use; they are not in the sum.
    #[serde(default)]
    pub unknown: u64,
}
