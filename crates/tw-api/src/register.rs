//! Writing assets: records, steps, history, imports.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{AgeVerdict, AnyJson};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// A new asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetCreate {
    /// The asset as the files of an inventory write it: `tag`, `class`, `status`…
    pub record: AnyJson,
}

/// Another record for an asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetEdit {
    /// The version that the caller saw; a stale one is answered with 409.
    pub version: u64,
    /// The whole asset as the files of an inventory write it. Its state stays: that is a step.
    pub record: AnyJson,
}

/// A step of an asset's life.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetTransitionAsk {
    /// The version that the caller saw; a stale one is answered with 409.
    pub version: u64,
    /// `{to, on, reason, document, serial, no_serial, received, label_printed, site, room, place,
    /// unit, custodian, service, replacement, method, decision, wipe_certificate}`: what is
    /// needed depends on `to`; what is missing is answered with 422 and `missing`.
    pub step: AnyJson,
}

/// The second person's word on the step that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssetTransitionDecision {
    /// Agreed, or refused.
    pub approve: bool,
    /// Why.
    pub note: Option<String>,
}

/// A step that was taken, waits, or was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssetTransition {
    /// Its number.
    pub id: i64,
    /// The state before.
    pub from: String,
    /// The state after.
    pub to: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: String,
    /// `waiting`, `done`, `refused`.
    pub state: String,
    /// What was brought for it.
    pub step: AnyJson,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// By whom.
    pub asked_by: String,
    /// When it was decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<String>,
    /// What the second person said.
    pub note: Option<String>,
}

/// Everything that happened to an asset, newest first, and what may happen next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssetHistory {
    /// The asset's tag.
    pub id: String,
    /// Its events.
    pub events: Vec<AssetEvent>,
    /// The states that can follow.
    pub next_states: Vec<String>,
    /// The step that waits for a second person.
    pub waiting: Option<AssetTransition>,
    /// The asset as files write it, for whoever may change it.
    pub record: Option<AnyJson>,
    /// The file that owns fields of it, and which.
    pub owned_by: Option<AssetOwner>,
}

/// A file of the inventory that owns fields of an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssetOwner {
    /// The file and the line.
    pub file: String,
    /// The fields.
    pub fields: Vec<String>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssetEvent {
    /// `created`, `changed`, `removed`, `step`, `date`.
    pub kind: String,
    /// The day, for the order.
    #[schema(value_type = String, format = Date)]
    pub day: String,
    /// The instant; a recorded date has none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// By whom.
    pub actor: Option<String>,
    /// What differs.
    pub fields: Vec<AssetFieldChange>,
    /// The step.
    pub step: Option<AssetTransition>,
    /// Which date was recorded.
    pub date_kind: Option<String>,
    /// The date as it was written.
    pub date: Option<String>,
    /// Who says so, and the document.
    pub source: Option<String>,
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssetFieldChange {
    /// Where, as `dates.purchased.date`.
    pub path: String,
    /// Before, as text; `null` where there was nothing.
    pub from: Option<String>,
    /// After, as text; `null` where there is nothing.
    pub to: Option<String>,
}

/// What kind of file is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// `csv`, `xlsx`, `yaml`, `json`.
    pub format: Option<String>,
    /// `dmy` when dates like `03/06/2019` have the day first; without it such dates are faults.
    pub dates: Option<String>,
}

/// What an import would do. Nothing is changed yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportPreview {
    /// Commits it; `null` when a row is wrong: all or nothing.
    pub token: Option<String>,
    /// New assets.
    pub create: u64,
    /// Assets that change.
    pub update: u64,
    /// Assets that stay.
    pub unchanged: u64,
    /// Rows that are wrong.
    pub rejected: u64,
    /// What is wrong, the first 1,000.
    pub faults: Vec<ImportFault>,
    /// How many faults there are in all.
    pub faults_total: u64,
    /// What changes, the first 500 rows.
    pub changes: Vec<ImportChange>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportFault {
    /// The row of the sheet or the line of the text, from 1; 0 for what is not in the file.
    pub row: u32,
    /// The asset, where the row names one that could be read.
    pub tag: Option<String>,
    /// The column's heading as it is written, or the key.
    pub column: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub allowed: String,
}

/// One row that changes something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportChange {
    /// The row.
    pub row: u32,
    /// The asset.
    pub tag: String,
    /// `create` or `update`.
    pub outcome: String,
    /// What differs.
    pub fields: Vec<AssetFieldChange>,
}

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportDone {
    /// Assets that were made or changed.
    pub changed: u64,
    /// The register's revision now.
    pub revision: u64,
}

/// One change for many assets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkEdit {
    /// Which assets.
    pub select: AssetSelect,
    /// The fields that change with what they become, as the files of an inventory write them:
    /// `manufacturer`, `model`, `unit`, `custodian`, `place`, `accounting`, `purchase`,
    /// `price_vnd`, `dates`, `custom`, `note`. Of places, dates and custom fields only what is
    /// named changes; another site leaves room and desk of the old one behind.
    pub set: AnyJson,
    /// Fields that become empty.
    #[serde(default)]
    pub clear: Vec<String>,
}

/// Which assets: those that fit all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AssetSelect {
    /// Only these tags; at most 5,000. One that does not fit is refused.
    pub tags: Option<Vec<String>>,
    /// Only at this site.
    pub site: Option<String>,
    /// Only of this unit.
    pub unit: Option<String>,
    /// Only of this class.
    pub class: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only with this verdict on their age.
    pub age: Option<AgeVerdict>,
    /// Only what a waiver covers (`true`), or only what none covers.
    pub waived: Option<bool>,
    /// The day for which ages are worked out. Without it: today in the organisation's zone.
    #[schema(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
    /// Only those with this text in tag, serial, manufacturer or model.
    pub q: Option<String>,
}
