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
    /// The first day that the date used can mean.
    #[schema(value_type = Option<String>, format = Date)]
    pub basis_earliest: Option<String>,
    /// The last day that the date used can mean.
    #[schema(value_type = Option<String>, format = Date)]
    pub basis_latest: Option<String>,
    /// Which clock decides for its class: `age`, `obsolescence` or `either`.
    pub binds: Option<String>,
    /// The verdict of the first clock: its years.
    pub by_age: Option<AgeVerdict>,
    /// The verdict of the second clock: the vendor's ends and the technology's years; `null` when
    /// the policy asks nothing of it.
    pub by_obsolescence: Option<AgeVerdict>,
    /// The last day on which the first of its ends can be: it must be replaced by then.
    #[schema(value_type = Option<String>, format = Date)]
    pub replace_by: Option<String>,
    /// Over, and a waiver in force says that it may stay.
    pub waived: bool,
}

/// Why a verdict is what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeExplanation {
    /// The asset's tag.
    pub id: String,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub as_of: String,
    /// The verdict.
    pub finding: AgeFinding,
    /// The reasons, in the order in which they were found.
    pub reasons: Vec<AgeReason>,
    /// Every end of its life that is known, with its reason.
    pub ends: Vec<AgeEnd>,
    /// What its vendor says, for the ends that the policy names.
    pub vendor: Vec<VendorEndFinding>,
    /// Its technology is more than a year older than its use.
    pub old_stock: bool,
    /// Parts that age apart.
    pub components: Vec<ComponentAgeFinding>,
    /// The waiver that covers it.
    pub waiver: Option<WaiverBrief>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeReason {
    /// `basis_is`, `no_basis`, `placeholder`, `not_before`, `not_after`, `contradiction`,
    /// `past_due`, `not_due`, `straddles`, `open_end`: translated by the console.
    pub code: String,
    /// Which date.
    pub kind: Option<String>,
    /// The day it speaks of, or the first of two.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<String>,
    /// The second of two days.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<String>,
    /// Who says so.
    pub source: Option<String>,
    /// The same as an English sentence.
    pub text: String,
}

/// One end of an asset's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeEnd {
    /// `age`, `technology`, `end_of_sale`, `vendor_end_of_support`, `end_of_security`.
    pub reason: String,
    /// The first day it can be.
    #[schema(value_type = Option<String>, format = Date)]
    pub earliest: Option<String>,
    /// The last day it can be.
    #[schema(value_type = Option<String>, format = Date)]
    pub latest: Option<String>,
}

/// What a vendor says of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VendorEndFinding {
    /// Which end.
    pub end: String,
    /// The date as it was written; `null` when nobody wrote it down.
    pub date: Option<String>,
    /// Whether it is past; `unknown` without a date.
    pub verdict: AgeVerdict,
    /// Where the vendor says so.
    pub source_url: Option<String>,
    /// When somebody last compared it.
    #[schema(value_type = Option<String>, format = Date)]
    pub checked_on: Option<String>,
}

/// The age of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ComponentAgeFinding {
    /// The part's name.
    pub name: String,
    /// The verdict.
    pub verdict: AgeVerdict,
    /// Months that the policy allows it.
    pub max_age_months: u32,
    /// The latest day on which it falls due.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_latest: Option<String>,
}

/// A waiver as an asset shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaiverBrief {
    /// Its id.
    pub id: String,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub granted_on: String,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub expires_on: String,
    /// Why.
    pub reason: Option<String>,
    /// The decision.
    pub document: Option<String>,
    /// What is done instead.
    pub compensating_control: Option<String>,
}

/// As of which day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AsOfQuery {
    /// A civil day (`2026-11-22`). Without it: today in the organisation's zone.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
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
    /// The same for the groups of staff that the policy names.
    pub groups: Vec<StaffGroupCompliance>,
    /// By site and class, for what is in use.
    pub by_site_class: Vec<AgeCell>,
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
    /// Certainly older, waived or not.
    pub over: u64,
    /// Of those over: covered by a waiver in force.
    #[serde(default)]
    pub waived: u64,
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

/// Counts of a class at a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgeCell {
    /// The site; empty for assets without one.
    pub site: String,
    /// The class.
    pub class: String,
    /// The counts.
    pub buckets: AgeBuckets,
}

/// A group of staff by position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffGroupCompliance {
    /// Its key in the policy, as `leaders`.
    pub key: String,
    /// What it is called.
    pub name: crate::LocalText,
    /// The counts.
    pub people: PeopleCompliance,
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
