//! Where the register and what was seen disagree, and what people decide about it.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// A disagreement between the register and what was seen. Nothing is written into the register
/// until somebody accepts it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Discrepancy {
    /// Its number.
    pub id: String,
    /// `unrecorded`, `not_seen`, `serial_changed`, `duplicate_serial`, `model_differs`,
    /// `location_differs`, `state_differs`, `firmware_differs`, `date_conflict`.
    pub kind: String,
    /// `open`, `accepted`, `dismissed`, `fixed`.
    pub status: String,
    /// The asset; `null` for what no asset is.
    pub asset: Option<String>,
    /// The polled device that was seen.
    pub device: Option<String>,
    /// The site where the register has the asset, or the device.
    pub site: Option<String>,
    /// The field of the register.
    pub field: String,
    /// What the register says.
    pub recorded: Option<String>,
    /// What was seen.
    pub observed: Option<String>,
    /// When that was collected.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub collected_at: Option<Timestamp>,
    /// When it was first found.
    #[schema(value_type = String, format = DateTime)]
    pub first_seen_at: Timestamp,
    /// When it last changed by itself.
    #[schema(value_type = String, format = DateTime)]
    pub last_changed_at: Timestamp,
    /// Until when it was dismissed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub dismissed_until: Option<Timestamp>,
    /// When somebody decided.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
    /// Who.
    pub decided_by: Option<String>,
    /// Why.
    pub note: Option<String>,
    /// What a person would most likely do: `correct_register`, `hardware_swapped`,
    /// `create_asset`, `transition`, `look`.
    pub proposal: String,
    /// What can be done from here: `accept`, `dismiss`, `create_asset`, `transition`.
    pub actions: Vec<String>,
    /// Why it was found.
    pub evidence: Vec<DiscrepancyClue>,
    /// What the asset cost, in whole đồng.
    pub cost_vnd: Option<i64>,
    /// Grows when something else is seen and with every decision.
    pub version: u64,
}

/// One fact of the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscrepancyClue {
    /// A stable word: `matched_by`, `linked`, `seen_before`, `same_place`, `same_macs`,
    /// `model_seen`, `other_asset`, `also_shown_by`, `place`, `made`, `candidate`,
    /// `asked_days`, `last_answer`.
    pub what: String,
    /// The value, in English where it is a sentence.
    pub text: String,
}

/// A discrepancy with both sides of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DiscrepancyDetail {
    /// The disagreement.
    pub discrepancy: Discrepancy,
    /// The register and what was seen, field by field.
    pub sides: Vec<DiscrepancySide>,
}

/// A field on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiscrepancySide {
    /// `tag`, `manufacturer`, `model`, `serial`, `status`, `site`, `rack`, `name`, `address`,
    /// `firmware`, `base_mac`, `location`.
    pub field: String,
    /// What the register says.
    pub recorded: Option<String>,
    /// What was seen last.
    pub observed: Option<String>,
    /// When that was collected.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub collected_at: Option<Timestamp>,
}

/// Which discrepancies, in which order, in which form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DiscrepancyQuery {
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only at this site.
    pub site: Option<String>,
    /// Only of this asset.
    pub asset: Option<String>,
    /// `open` (also without it), `accepted`, `dismissed`, `fixed`, or `all`.
    pub status: Option<String>,
    /// `id`, `age`, `money`, `kind`, `asset`; `-` in front turns the order around. Without it
    /// the oldest come first.
    pub sort: Option<String>,
    /// For CSV: the columns, separated by commas.
    pub columns: Option<String>,
    /// `csv` for a file of all that match instead of a page.
    pub format: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Writes what was seen into the register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscrepancyAccept {
    /// The version that was looked at.
    pub version: u64,
    /// Why.
    #[serde(default)]
    pub note: Option<String>,
}

/// Leaves it alone for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscrepancyDismiss {
    /// The version that was looked at.
    pub version: u64,
    /// The day on which it opens again, `YYYY-MM-DD`, at most two years ahead.
    #[schema(value_type = String, format = Date)]
    pub until: String,
    /// Why.
    #[serde(default)]
    pub note: Option<String>,
}

/// Records what was seen as an asset of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscrepancyCreateAsset {
    /// The version that was looked at.
    pub version: u64,
    /// The tag of the new asset.
    pub tag: String,
    /// What it is; without it, as the device or the old asset.
    #[serde(default)]
    pub class: Option<String>,
    /// What becomes of the old asset when hardware was swapped: `maintenance` (also without
    /// it), `in_stock`, `retired`.
    #[serde(default)]
    pub old_state: Option<String>,
    /// Why.
    #[serde(default)]
    pub note: Option<String>,
}

/// Changes the asset's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscrepancyTransition {
    /// The version that was looked at.
    pub version: u64,
    /// `in_stock`, `deployed`, `maintenance`, `retired` or `lost`; a disposal has its own way.
    pub state: String,
    /// Why.
    #[serde(default)]
    pub note: Option<String>,
}
