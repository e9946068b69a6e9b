//! Assets of the register.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use crate::{AgeFinding, AgeVerdict, Metadata};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// An asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Asset {
    /// Its tag.
    pub id: String,
    /// Where it was written.
    pub metadata: Metadata,
    /// What people wrote.
    pub spec: AssetSpec,
    /// What the system worked out.
    pub status: AssetStatus,
    /// Grows with every change.
    pub version: u64,
}

/// What people wrote about an asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssetSpec {
    /// `desktop`, `laptop`, `server`, `switch`, `ups`…
    pub class: String,
    /// `planned`, `ordered`, `in_stock`, `deployed`, `maintenance`, `retired`, `disposed`, `lost`.
    pub state: String,
    /// The maker.
    pub manufacturer: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The serial number.
    pub serial: Option<String>,
    /// Its site.
    pub site: Option<String>,
    /// Its room.
    pub room: Option<String>,
    /// Its rack.
    pub rack: Option<String>,
    /// The unit that holds it.
    pub unit: Option<String>,
    /// Who has it, for callers who may see people.
    pub custodian: Option<String>,
    /// The polled device that it is.
    pub device: Option<String>,
    /// What it cost, in whole đồng.
    pub cost_vnd: Option<i64>,
    /// Its dates.
    pub dates: Vec<AssetDate>,
}

/// A date with the precision at which it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssetDate {
    /// `purchased`, `received`, `accepted`, `first_in_service`, `manufactured`, `warranty_start`…
    pub kind: String,
    /// As it was written: `2019`, `2019-Q2`, `2019-06`, `2019-06-14`.
    pub text: String,
    /// The first day that it can mean.
    #[schema(value_type = String, format = Date)]
    pub earliest: String,
    /// The last day that it can mean.
    #[schema(value_type = String, format = Date)]
    pub latest: String,
}

/// What the system worked out about an asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssetStatus {
    /// Its age, as of today in the organisation's zone.
    pub age: AgeFinding,
    /// What the network says its serial number is, if it is polled.
    pub serial_seen: Option<String>,
}

/// Which assets, in which order, in which form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssetQuery {
    /// Only at this site.
    pub site: Option<String>,
    /// Only of this unit.
    pub unit: Option<String>,
    /// Only of this class.
    pub class: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only with this verdict on their age.
    #[param(inline)]
    pub age: Option<AgeVerdict>,
    /// Only what a waiver covers (`true`), or only what none covers.
    pub waived: Option<bool>,
    /// The day for which ages are worked out. Without it: today in the organisation's zone.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
    /// Only those with this text in tag, serial, manufacturer or model.
    pub q: Option<String>,
    /// `id`, `class`, `site`, `unit`, `model`, `serial`, `state`, `due`, `age`; `-` in front
    /// turns the order around.
    pub sort: Option<String>,
    /// For CSV: the columns, separated by commas.
    pub columns: Option<String>,
    /// `csv` for a file of all matching assets instead of a page.
    pub format: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// Which assets, for a file of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssetFileQuery {
    /// Only at this site.
    pub site: Option<String>,
    /// Only of this unit.
    pub unit: Option<String>,
    /// Only of this class.
    pub class: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only with this verdict on their age.
    #[param(inline)]
    pub age: Option<AgeVerdict>,
    /// Only what a waiver covers (`true`), or only what none covers.
    pub waived: Option<bool>,
    /// The day for which ages are worked out. Without it: today in the organisation's zone.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
    /// Only those with this text in tag, serial, manufacturer or model.
    pub q: Option<String>,
    /// Only these tags, separated by commas; at most 5,000.
    pub tags: Option<String>,
    /// As of the list.
    pub sort: Option<String>,
    /// `en` or `vi`; `en` without it.
    pub lang: Option<String>,
}

/// Which assets, for sheets of labels.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LabelQuery {
    /// Only at this site.
    pub site: Option<String>,
    /// Only of this unit.
    pub unit: Option<String>,
    /// Only of this class.
    pub class: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only with this verdict on their age.
    #[param(inline)]
    pub age: Option<AgeVerdict>,
    /// Only what a waiver covers (`true`), or only what none covers.
    pub waived: Option<bool>,
    /// The day for which ages are worked out. Without it: today in the organisation's zone.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
    /// Only those with this text in tag, serial, manufacturer or model.
    pub q: Option<String>,
    /// Only these tags, separated by commas; at most 5,000.
    pub tags: Option<String>,
    /// As of the list.
    pub sort: Option<String>,
    /// `en` or `vi`; `en` without it.
    pub lang: Option<String>,
    /// The sheet, as of the list of sheets; the first of it without one.
    pub sheet: Option<String>,
    /// So many labels of the first sheet are used up already.
    pub skip: Option<usize>,
}

/// The sheets that labels can be printed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LabelSheetPage {
    /// The sheets.
    pub items: Vec<LabelSheet>,
}

/// A sheet of A4 with labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LabelSheet {
    /// The maker's number and the labels across and down, as `l7160-3x7`.
    pub id: String,
    /// Labels side by side.
    pub columns: u64,
    /// Labels one under the other.
    pub rows: u64,
    /// How wide a label is.
    pub width_mm: f64,
    /// How high a label is.
    pub height_mm: f64,
    /// Whether lines to cut along are printed, for plain paper.
    pub cut_lines: bool,
    /// The most labels of one file.
    pub labels_max: u64,
}
