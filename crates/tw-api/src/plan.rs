//! Replacement plans: what is asked, what is proposed, what became of it.
//!
//! **Room:** layer 2, plain data. **May use:** `tw-units`. **Must not:** do I/O.

use crate::{AgeVerdict, LocalText, PeopleCompliance};
use serde::{Deserialize, Serialize};
use tw_units::Timestamp;
use utoipa::{IntoParams, ToSchema};

/// Where a plan is in its life. From `frozen` on nothing in it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanState {
    /// Being made.
    Draft,
    /// Handed in; it waits for a second person.
    Frozen,
    /// Approved; its lines are ordered and delivered.
    Approved,
}

/// What may be spent in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanEnvelope {
    /// The budget year.
    pub year: u16,
    /// For what is bought once, in VND.
    pub investment_vnd: i64,
    /// For what is paid every year, in VND.
    pub recurrent_vnd: i64,
}

/// What somebody decided about an asset before the plan is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanChoice {
    /// The asset's tag.
    pub asset: String,
    /// `must`, `keep`, or the only thing to do: `replace`, `upgrade`, `extend_support`, `lease`.
    pub choice: String,
}

/// What people write about a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanSpec {
    /// Its name.
    pub name: String,
    /// The years with their money, in order, 1 to 10.
    pub envelopes: Vec<PlanEnvelope>,
    /// How many assets can be installed in a quarter; no limit without it.
    #[serde(default)]
    pub capacity_per_quarter: Option<u32>,
    /// What was decided before.
    #[serde(default)]
    pub choices: Vec<PlanChoice>,
    /// Why it is as it is.
    #[serde(default)]
    pub note: Option<String>,
}

/// A new plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanCreate {
    /// A slug.
    pub id: String,
    /// What is asked.
    pub spec: PlanSpec,
}

/// A change of a draft; the plan is made anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanEdit {
    /// What is asked.
    pub spec: PlanSpec,
    /// The version that was seen.
    pub version: u64,
}

/// A step of a plan's life: freeze, approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanStep {
    /// The version that was seen.
    pub version: u64,
    /// The decision's number, for an approval.
    #[serde(default)]
    pub document: Option<String>,
}

/// What became of a line of an approved plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanTrack {
    /// The version that was seen.
    pub version: u64,
    /// The budget year of the line.
    pub year: u16,
    /// The asset of the line.
    pub asset: String,
    /// The day of the order.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub ordered_on: Option<String>,
    /// The day of the delivery.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub delivered_on: Option<String>,
    /// The number of the order or of the delivery note.
    #[serde(default)]
    pub document: Option<String>,
}

/// A plan in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanBrief {
    /// Its slug.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is in its life.
    pub state: PlanState,
    /// Its first budget year.
    pub first_year: u16,
    /// How many years it has.
    pub years: u32,
    /// All investment money.
    pub investment_vnd: i64,
    /// What is spent of it.
    pub invested_vnd: i64,
    /// How many lines are bought.
    pub chosen: u64,
    /// How many are cut.
    pub cut: u64,
    /// People with a compliant computer at its end, in percent.
    pub staff_percent: Option<String>,
    /// Grows with every change.
    pub version: u64,
}

/// A plan as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReplacementPlan {
    /// Its slug.
    pub id: String,
    /// What was asked.
    pub spec: PlanSpec,
    /// Its life.
    pub status: PlanStatus,
    /// What came out, as it was computed when the draft was last saved.
    pub result: PlanResult,
    /// Grows with every change.
    pub version: u64,
}

/// The life of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanStatus {
    /// Where it is.
    pub state: PlanState,
    /// Who made it.
    pub made_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub made_at: Timestamp,
    /// Who handed it in.
    pub frozen_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub frozen_at: Option<Timestamp>,
    /// Who approved it: another person.
    pub approved_by: Option<String>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub approved_at: Option<Timestamp>,
    /// The decision's number.
    pub document: Option<String>,
    /// What became of its lines.
    pub progress: Vec<PlanProgress>,
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanProgress {
    /// The budget year of the line.
    pub year: u16,
    /// The asset of the line.
    pub asset: String,
    /// The day of the order.
    #[schema(value_type = Option<String>, format = Date)]
    pub ordered_on: Option<String>,
    /// The day of the delivery.
    #[schema(value_type = Option<String>, format = Date)]
    pub delivered_on: Option<String>,
    /// The number of the order or of the delivery note.
    pub document: Option<String>,
    /// Who said so.
    pub actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What a plan came to, with the weights by which it was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanResult {
    /// The register's revision that it was made from.
    pub register_revision: u64,
    /// The weights in points, by reason.
    pub weights: Vec<PlanWeight>,
    /// The years.
    pub years: Vec<PlanYear>,
}

/// A weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanWeight {
    /// `person`, `equipment`, `outage_per_million_vnd`, `security_per_level`, `support`,
    /// `energy_per_million_vnd`, `uncertain_percent`, `unknown_percent`.
    pub reason: String,
    /// Points, or percent of them.
    pub points: u32,
}

/// A year of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanYear {
    /// The budget year; ages are those of its last day.
    pub year: u16,
    /// Money for what is bought once.
    pub investment_vnd: i64,
    /// Money for what is paid every year.
    pub recurrent_vnd: i64,
    /// What earlier years of the plan promised for this one.
    pub promised_vnd: i64,
    /// What is spent of the investment money.
    pub invested_vnd: i64,
    /// What is spent of the recurrent money, without what was promised.
    pub recurring_vnd: i64,
    /// What the chosen lines bring, in points.
    pub benefit: f64,
    /// Each step is proven to be the best.
    pub proven_optimal: bool,
    /// How much more another choice could bring at most, as a share.
    pub gap: f64,
    /// How many lines are bought.
    pub chosen: u64,
    /// How many are cut.
    pub cut: u64,
    /// What the cut lines would cost.
    pub cut_vnd: i64,
    /// People at the end of the year if nothing is done.
    pub staff_before: PeopleCompliance,
    /// People at the end of the year with the plan.
    pub staff_after: PeopleCompliance,
    /// What would remain if nothing were done.
    pub risk_before: PlanRisk,
    /// What remains.
    pub risk_after: PlanRisk,
    /// The lines, by tag.
    pub lines: Vec<PlanLine>,
    /// What has a reason and no price, by tag.
    pub unpriced: Vec<PlanUnpriced>,
}

/// What is not cured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanRisk {
    /// Assets in use that are over.
    pub over: u64,
    /// Assets of which it is not known.
    pub not_known: u64,
    /// Assets without security updates, of those whose maker's dates are known.
    pub without_security: u64,
    /// Assets without their maker's support, of those whose maker's dates are known.
    pub without_support: u64,
    /// Expected outage cost a year, in VND, of classes with a failure rate.
    pub outage_vnd: i64,
    /// Assets whose class has no failure rate.
    pub without_prior: u64,
}

/// A reason with what it counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanReason {
    /// `person_over`, `person_uncertain`, `person_unknown`, `over`, `uncertain`, `unknown`,
    /// `no_security`, `no_support`, `outage`, `energy`, `together`.
    pub kind: String,
    /// Its points.
    pub points: f64,
    /// The number behind it: VND, or a security level.
    pub amount: Option<i64>,
}

/// One thing that could be done about an asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanAlternative {
    /// `replace`, `upgrade`, `extend_support`, `lease`.
    pub remedy: String,
    /// From the price list.
    pub price: String,
    /// In the year.
    pub cost_vnd: i64,
    /// In five years.
    pub five_year_vnd: i64,
    /// In points.
    pub benefit: f64,
}

/// A line of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanLine {
    /// The asset's tag.
    pub asset: String,
    /// Its class.
    pub class: String,
    /// Its model.
    pub model: Option<String>,
    /// Its site.
    pub site: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// Its verdict at the end of the year if nothing is done.
    pub verdict: AgeVerdict,
    /// What is proposed.
    pub proposal: PlanAlternative,
    /// `investment` or `recurrent`.
    pub heading: String,
    /// What else could be done.
    pub alternatives: Vec<PlanAlternative>,
    /// Why.
    pub reasons: Vec<PlanReason>,
    /// `chosen`, `cut` or `kept`.
    pub outcome: String,
    /// Why it is cut.
    pub cut_reason: Option<String>,
    /// The quarter in which it is installed.
    pub quarter: Option<u32>,
    /// The set that it belongs to.
    pub set: Option<String>,
    /// It is not bought, and a waiver is possible: it is known to be over.
    pub waiver_possible: bool,
    /// What its failure does to the loads; missing in plans from before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<PlanImpact>,
}

/// What an asset's failure and its replacement do to the loads behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlanImpact {
    /// How much of a failure's cost comes to pass, in percent; missing where nothing is known,
    /// and then all of it is counted.
    pub percent: Option<u32>,
    /// `graph`: by the chain of its site; `hand`: by the policy of plans, which goes before the
    /// chain; `none`: nothing is known.
    pub source: String,
    /// What the chain alone says, in percent, where it stands in one.
    pub graph_percent: Option<u32>,
    /// Loads that it alone feeds.
    pub only_path_for: Vec<LocalText>,
    /// Loads that would be without redundancy while it is replaced.
    pub without_redundancy: Vec<LocalText>,
}

/// An asset with a reason and without a price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanUnpriced {
    /// The asset's tag.
    pub asset: String,
    /// Its class.
    pub class: String,
    /// Its verdict at the end of the year.
    pub verdict: AgeVerdict,
    /// Why something should be done.
    pub reasons: Vec<PlanReason>,
}

/// A plan that is only looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlanPreviewQuery {
    /// The first budget year; the next one without it.
    pub first_year: Option<u16>,
    /// How many years, 1 to 10; 1 without it.
    pub years: Option<u32>,
    /// Investment money of each year in VND; the policy's envelopes without it.
    pub budget_vnd: Option<i64>,
    /// Recurrent money of each year in VND; the policy's envelopes without it.
    pub recurrent_vnd: Option<i64>,
    /// How many assets can be installed in a quarter; the policy's without it.
    pub capacity_per_quarter: Option<u32>,
}

/// The same plan with one asset in it that was cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlanWhyQuery {
    /// The asset's tag.
    pub asset: String,
    /// The budget year; the next one without it.
    pub first_year: Option<u16>,
    /// Investment money in VND; the policy's envelope without it.
    pub budget_vnd: Option<i64>,
    /// Recurrent money in VND; the policy's envelope without it.
    pub recurrent_vnd: Option<i64>,
    /// How many assets can be installed in a quarter; the policy's without it.
    pub capacity_per_quarter: Option<u32>,
}

/// Why an asset is not in the plan, and what it would take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanWhy {
    /// The asset.
    pub asset: String,
    /// `chosen`, `cut`, `unpriced`, `no_reason`.
    pub outcome: String,
    /// Why it is cut.
    pub cut_reason: Option<String>,
    /// What it would cost.
    pub cost_vnd: Option<i64>,
    /// What it would bring, in points.
    pub benefit: Option<f64>,
    /// With this asset as a must: the plan cannot be made at all.
    pub impossible: Option<String>,
    /// With it as a must: what would no longer be bought.
    pub displaced: Vec<String>,
    /// With it as a must: what would be bought beside it.
    pub joined: Vec<String>,
    /// With it as a must: how many points the plan would lose.
    pub benefit_lost: Option<f64>,
    /// With it as a must: people with a compliant computer at the end of the year.
    pub staff_compliant: Option<u64>,
}

/// What falls due when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ForecastQuery {
    /// A civil day. Without it: today in the organisation's zone.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<String>,
    /// How many quarters, 1 to 40; 8 without it.
    pub quarters: Option<u32>,
    /// Only at this site.
    pub site: Option<String>,
    /// Only of this unit and those below it.
    pub unit: Option<String>,
    /// Only of this class.
    pub class: Option<String>,
    /// `json`, `csv` or `xlsx`; `json` without it.
    pub format: Option<String>,
    /// `en` or `vi`, for files; `vi` without it.
    pub lang: Option<String>,
}

/// What falls due when, and what replacing it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Forecast {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub as_of: String,
    /// The first days of the quarters, that of the day first.
    pub quarters: Vec<String>,
    /// Everything.
    pub total: ForecastRow,
    /// By site.
    pub by_site: Vec<ForecastRow>,
    /// By unit.
    pub by_unit: Vec<ForecastRow>,
    /// By class.
    pub by_class: Vec<ForecastRow>,
    /// The same by budget year, with the headings that pay for it.
    pub five_years: ForecastYears,
}

/// Five budget years, which are calendar years, from that of the day. What is over already and
/// what is of unknown age is as in `total`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForecastYears {
    /// The years.
    pub years: Vec<ForecastYear>,
    /// After them.
    pub beyond: ForecastSum,
    /// Dates too coarse for a year.
    pub uncertain: ForecastSum,
}

/// A budget year.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForecastYear {
    /// The year.
    pub year: u16,
    /// What falls due in it: to be paid as investment.
    pub due: ForecastSum,
    /// What the contracts of today cost in it, in VND: recurrent. `null` in a forecast of a part.
    pub contracts_vnd: Option<i64>,
    /// The policy's envelope for investment; `null` where there is none, or in a part.
    pub investment_envelope_vnd: Option<i64>,
    /// The policy's envelope for recurrent costs; `null` where there is none, or in a part.
    pub recurrent_envelope_vnd: Option<i64>,
}

/// A row of the forecast; its parts are disjoint and sum to what is in scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForecastRow {
    /// The site, unit or class; empty for assets without one.
    pub key: String,
    /// Over already.
    pub backlog: ForecastSum,
    /// In each quarter.
    pub quarters: Vec<ForecastSum>,
    /// After the last quarter.
    pub beyond: ForecastSum,
    /// Dates too coarse for a quarter.
    pub uncertain: ForecastSum,
    /// Dates missing or in conflict.
    pub unknown: ForecastSum,
}

/// How many, and what they cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForecastSum {
    /// How many.
    pub assets: u64,
    /// By the price list, in VND.
    pub listed_vnd: i64,
    /// By what was paid for the old ones: not repriced.
    pub paid_vnd: i64,
    /// How many have no price.
    pub unpriced: u64,
    /// The power that is freed, in watts, of those whose draw is known.
    pub freed_watts: u64,
    /// Of that, estimated from nameplates.
    #[serde(default)]
    pub freed_watts_estimated: u64,
    /// How many in racks have no known draw.
    pub watts_unknown: u64,
    /// The rack units that are freed.
    pub freed_rack_u: u64,
}

/// In which form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FormatQuery {
    /// `json`, `xlsx` or `pdf`; `json` without it.
    pub format: Option<String>,
    /// `en` or `vi`, for files; `vi` without it.
    pub lang: Option<String>,
}
