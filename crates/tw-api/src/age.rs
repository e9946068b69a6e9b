//! Ages of assets against the rule.
//!
//! **Room:** layer 2, plain data. **May use:** nothing of ours. **Must not:** do I/O.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Whether an asset is older than its class allows. Only `over` and `within` are facts.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AgeVerdict {
    /// Certainly older.
    Over,
    /// Certainly not older.
    Within,
    /// The dates are too coarse to tell.
    Uncertain,
    /// No date that counts.
    Unknown,
    /// Evidence contradicts itself.
    Conflict,
    /// Not counted: planned, ordered, disposed, or a class without a rule.
    OutOfScope,
}

impl AgeVerdict {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::Within => "within",
            Self::Uncertain => "uncertain",
            Self::Unknown => "unknown",
            Self::Conflict => "conflict",
            Self::OutOfScope => "out_of_scope",
        }
    }
}

/// The verdict with the date it stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeFinding {
    /// The verdict.
    pub verdict: AgeVerdict,
    /// Which date was used: `first_in_service`, `purchased`…
    pub basis: Option<String>,
    /// The earliest day on which it falls due.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_earliest: Option<String>,
    /// The latest day on which it falls due; it is over from the day after.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_latest: Option<String>,
    /// Months that its class allows.
    pub max_age_months: Option<u32>,
}

/// As of which day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgeReportQuery {
    /// A civil day (`2026-11-22`). Without it: today in the organisation's zone.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
    /// Only at this site.
    pub site: Option<String>,
    /// Only of this unit.
    pub unit: Option<String>,
}

/// How many assets are too old. The buckets are disjoint and sum to `in_scope`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgeReport {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub as_of: String,
    /// All in scope together.
    pub total: AgeBuckets,
    /// Deployed, in maintenance or lost but not written off: what the rule is about.
    pub in_use: AgeBuckets,
    /// Spares in stock, shown apart.
    pub in_stock: AgeBuckets,
    /// Retired but not disposed, shown apart.
    pub retired: AgeBuckets,
    /// Not counted: planned, ordered, disposed, or of a class without a rule.
    pub out_of_scope: u64,
    /// People with a computer that is within the rule.
    pub people: PeopleCompliance,
    /// By class.
    pub by_class: Vec<AgeGroup>,
    /// By site.
    pub by_site: Vec<AgeGroup>,
    /// By unit.
    pub by_unit: Vec<AgeGroup>,
}

/// Counts by verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeBuckets {
    /// Certainly older.
    pub over: u64,
    /// Certainly not older.
    pub within: u64,
    /// Too coarse to tell.
    pub uncertain: u64,
    /// No date.
    pub unknown: u64,
    /// Contradicting evidence.
    pub conflict: u64,
    /// The sum of all.
    pub in_scope: u64,
    /// `within` over `in_scope` in percent, with two decimals, floored; `null` for nothing.
    pub compliance_percent: Option<String>,
}

/// Counts of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeGroup {
    /// The class, site or unit; empty for assets without one.
    pub key: String,
    /// The counts.
    pub buckets: AgeBuckets,
}

/// How many people have a computer that is within the rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeopleCompliance {
    /// People on the roster, in the caller's scope.
    pub roster: u64,
    /// Have at least one computer that is certainly within.
    pub compliant: u64,
    /// Have computers, all of them certainly over.
    pub over: u64,
    /// Have computers, none certainly within, at least one not known.
    pub unknown: u64,
    /// Have no computer.
    pub without: u64,
    /// `compliant` over `roster` in percent, with two decimals, floored; `null` for nobody.
    pub compliance_percent: Option<String>,
}
