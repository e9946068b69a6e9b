//! Taking stock: sessions, scans, what they came to.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// A stock-take in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StockTake {
    /// Its number.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What part of the organisation.
    pub scope: StockTakeScope,
    /// `open` or `closed`.
    pub status: String,
    /// When its list was frozen.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// By whom.
    pub opened_by: String,
    /// When it was closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<String>,
    /// What people say about it.
    pub note: Option<String>,
    /// The register's revision that the list was made from.
    pub revision: u64,
    /// How many assets are expected.
    pub expected: u64,
    /// How many scans came.
    pub scans: u64,
    /// What it came to; while it is open, what it would come to now. Only of one stock-take, not
    /// in lists of open ones.
    pub counts: Option<StockTakeCounts>,
    /// Grows when it is closed.
    pub version: u64,
}

/// What stock is taken of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockTakeScope {
    /// `site`, `room`, `rack`, `unit`.
    pub kind: String,
    /// Its identifier.
    pub id: String,
}

/// What a stock-take came to, as numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockTakeCounts {
    /// Where they belong.
    pub found: u64,
    /// Elsewhere than recorded.
    pub misplaced: u64,
    /// Expected and not scanned.
    pub missing: u64,
    /// Not in the register.
    pub unknown: u64,
    /// Scanned more than once.
    pub duplicates: u64,
}

/// Where something is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StockTakePlace {
    /// The site.
    pub site: Option<String>,
    /// The room.
    pub room: Option<String>,
    /// The rack.
    pub rack: Option<String>,
}

/// An asset that is expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockTakeExpected {
    /// Its tag.
    pub tag: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// What it is.
    pub class: String,
    /// Maker and model.
    pub model: Option<String>,
    /// Where it is recorded.
    pub place: StockTakePlace,
}

/// An asset that stands elsewhere than recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockTakeMisplaced {
    /// Its tag.
    pub tag: String,
    /// Where the register has it.
    pub recorded: StockTakePlace,
    /// Where it was scanned.
    pub scanned: StockTakePlace,
    /// Whether it was on the list of what is expected.
    pub expected: bool,
    /// Whether the move has been written into the register.
    pub accepted: bool,
}

/// Something scanned more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockTakeRepeated {
    /// The tag or the code.
    pub code: String,
    /// How often.
    pub times: u64,
}

/// What a stock-take came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockTakeFindings {
    /// The tags that are where they belong.
    pub found: Vec<String>,
    /// Elsewhere than recorded.
    pub misplaced: Vec<StockTakeMisplaced>,
    /// Expected and not scanned.
    pub missing: Vec<String>,
    /// Codes of what is not in the register.
    pub unknown: Vec<String>,
    /// Scanned more than once.
    pub duplicates: Vec<StockTakeRepeated>,
}

/// A stock-take with its frozen list and its scans.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StockTakeDetail {
    /// The session.
    pub stocktake: StockTake,
    /// The frozen list.
    pub expected: Vec<StockTakeExpected>,
    /// The scans that came, in the order in which they arrived.
    pub scans: Vec<StockTakeScan>,
    /// What it came to, or would come to now.
    pub findings: StockTakeFindings,
}

/// A scan as the server has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StockTakeScan {
    /// The client's own number for it.
    pub client_id: String,
    /// What was scanned.
    pub code: String,
    /// `expected` (green), `elsewhere` (orange), `unknown` (red), `again` (grey), `place` (the
    /// label of a rack or a room), `ambiguous` (several assets have this serial number).
    pub verdict: String,
    /// The asset that it is.
    pub tag: Option<String>,
    /// Where the register has it.
    pub recorded: Option<StockTakePlace>,
    /// Where the scanner stood.
    pub place: StockTakePlace,
    /// When, by the client's clock.
    #[schema(value_type = String, format = DateTime)]
    pub scanned_at: Timestamp,
    /// Who scanned.
    pub scanned_by: String,
}

/// Opens a stock-take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockTakeCreate {
    /// What people call it.
    pub name: String,
    /// What part of the organisation.
    pub scope: StockTakeScope,
    /// What people say about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// Scans to keep; at most 1,000. A number that is known already counts no second time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockTakeUpload {
    /// The scans.
    pub scans: Vec<StockTakeNewScan>,
}

/// A scan to keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockTakeNewScan {
    /// The client's own number for it, 8 to 64 characters.
    pub client_id: String,
    /// What was scanned: a tag, a serial number, or a rack's or a room's label.
    pub code: String,
    /// When, by the client's clock.
    #[schema(value_type = String, format = DateTime)]
    pub scanned_at: Timestamp,
    /// Where the scanner stood; without it, the place of the session's scope.
    #[serde(default)]
    pub place: Option<StockTakePlace>,
}

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StockTakeUploaded {
    /// Each scan as it is kept, in the order sent.
    pub scans: Vec<StockTakeScan>,
    /// What the session would come to now.
    pub counts: StockTakeCounts,
}

/// Closes a stock-take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockTakeClose {
    /// The version that was looked at.
    pub version: u64,
}

/// Writes moves of a closed stock-take into the register, all or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockTakeMoves {
    /// The version that was looked at.
    pub version: u64,
    /// The tags of misplaced assets.
    pub tags: Vec<String>,
}

/// In which language and form the minutes are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StockTakeMinutesQuery {
    /// `en` or `vi`; English without it.
    pub lang: Option<String>,
}
