//! Waivers of the age rule: permissions to keep what is too old, for a time.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// Which waivers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WaiverQuery {
    /// Only those of this asset.
    pub asset: Option<String>,
    /// Items a page, at most 1,000; 100 without it.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// A waiver: asked for, in force, over or refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeWaiver {
    /// Its identifier; of a request `request-` and a number.
    pub id: String,
    /// `waiting`, `coming`, `in_force`, `over` or `refused`.
    pub state: String,
    /// The assets that it covers, as far as the caller sees them.
    pub assets: Vec<String>,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub granted_on: String,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub expires_on: String,
    /// Why.
    pub reason: Option<String>,
    /// The decision's number.
    pub document: Option<String>,
    /// What is done instead.
    pub compensating_control: Option<String>,
    /// Who asked for it, by staff code, for callers who may see people.
    pub requester: Option<String>,
    /// Who allowed it, by staff code, for callers who may see people.
    pub approver: Option<String>,
    /// When it was asked for in the console.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub asked_at: Option<Timestamp>,
    /// By which account.
    pub asked_by: Option<String>,
    /// What the second person said.
    pub note: Option<String>,
    /// Of a waiver in the register; 0 of a request.
    pub version: u64,
}

/// Asks for a waiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverAsk {
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub expires_on: String,
    /// Who asks, by staff code.
    pub requester: String,
    /// Why.
    pub reason: Option<String>,
    /// The decision's number.
    pub document: Option<String>,
    /// What is done instead.
    pub compensating_control: Option<String>,
}

/// The second person's word on the request that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverDecision {
    /// Agreed, or refused.
    pub approve: bool,
    /// Who allows it, by staff code; needed to agree.
    pub approver: Option<String>,
    /// The decision's number, where the request has none.
    pub document: Option<String>,
    /// Why.
    pub note: Option<String>,
}

/// Ends a waiver before its last day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverEnd {
    /// Which.
    pub id: String,
    /// The version that the caller saw; a stale one is answered with 409.
    pub version: u64,
    /// Its last day: today or earlier, not before it began.
    #[schema(value_type = String, format = Date)]
    pub on: String,
}
