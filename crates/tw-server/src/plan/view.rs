//! Plans as the API shows them.
//!
//! **Room:** layer 2, pure. **May use:** `tw-api`, `tw-lifecycle`. **Must not:** do I/O.

use super::impact::{self, Impact};
use crate::{
    age::actions::percent,
    world::{World, local},
};
use serde_json::Value;
use std::collections::BTreeMap;
use tw_api as api;
use tw_lifecycle::{
    Alternative, CutReason, LineOutcome, PlanReason, ProposedLine, RiskLeft, StaffCount, Unpriced,
    YearPlan, heading_of,
};
use tw_model::PlanPolicy;
use tw_store::{PlanLineProgress, StoredPlan};
use tw_units::AssetTag;

/// Points of millionths.
#[expect(clippy::cast_precision_loss, reason = "points for people")]
pub(crate) fn points(millionths: i64) -> f64 {
    millionths as f64 / 1e6
}

/// What a plan came to.
pub(crate) fn result(world: &World, years: &[YearPlan]) -> api::PlanResult {
    let policy = world.register.plan_policy.as_ref();
    let first = years.first().map(|plan| plan.money.year);
    let impacts = first
        .map(|year| impact::of_year(world, year))
        .unwrap_or_default();
    api::PlanResult {
        register_revision: world.revision,
        weights: policy.map(weights).unwrap_or_default(),
        years: years
            .iter()
            .map(|plan| year((world, &impacts), plan))
            .collect(),
    }
}

fn weights(policy: &PlanPolicy) -> Vec<api::PlanWeight> {
    let weights = &policy.weights;
    [
        ("person", weights.person),
        ("equipment", weights.equipment),
        ("outage_per_million_vnd", weights.outage_per_million_vnd),
        ("security_per_level", weights.security_per_level),
        ("support", weights.support),
        ("energy_per_million_vnd", weights.energy_per_million_vnd),
        ("uncertain_percent", policy.uncertain_percent),
        ("unknown_percent", policy.unknown_percent),
    ]
    .map(|(reason, points)| api::PlanWeight {
        reason: reason.to_owned(),
        points,
    })
    .into()
}

/// The register, and what is known of failures.
type Known<'a> = (&'a World, &'a BTreeMap<&'a AssetTag, Impact<'a>>);

fn year(known: Known<'_>, plan: &YearPlan) -> api::PlanYear {
    let chosen = plan.lines.iter().filter(|line| line.is_chosen()).count();
    let cut = plan
        .lines
        .iter()
        .filter(|line| matches!(line.outcome, LineOutcome::Cut { .. }));
    api::PlanYear {
        year: plan.money.year,
        investment_vnd: plan.money.investment.0,
        recurrent_vnd: plan.money.recurrent.0,
        promised_vnd: plan.promised.0,
        invested_vnd: plan.invested.0,
        recurring_vnd: plan.recurring.0,
        benefit: points(plan.benefit_millionths),
        proven_optimal: plan.proven_optimal,
        gap: plan.gap,
        chosen: chosen as u64,
        cut: cut.clone().count() as u64,
        cut_vnd: cut.map(|line| line.proposal.cost.0).sum(),
        staff_before: people(&plan.staff_before),
        staff_after: people(&plan.staff_after),
        risk_before: risk(&plan.risk_before),
        risk_after: risk(&plan.risk),
        lines: plan.lines.iter().map(|l| line(known, l)).collect(),
        unpriced: plan.unpriced.iter().map(unpriced).collect(),
    }
}

/// People by verdict.
pub(crate) fn people(count: &StaffCount) -> api::PeopleCompliance {
    api::PeopleCompliance {
        roster: count.staff as u64,
        compliant: count.compliant as u64,
        over: count.over as u64,
        unknown: count.unknown as u64,
        without: count.without_computer as u64,
        compliance_percent: percent(count.compliant as u64, count.staff as u64),
    }
}

fn risk(risk: &RiskLeft) -> api::PlanRisk {
    api::PlanRisk {
        over: risk.over,
        not_known: risk.not_known,
        without_security: risk.without_security,
        without_support: risk.without_support,
        outage_vnd: risk.outage_vnd,
        without_prior: risk.without_prior,
    }
}

fn reasons(reasons: &[PlanReason]) -> Vec<api::PlanReason> {
    let reason = |reason: &PlanReason| api::PlanReason {
        kind: reason.kind.as_str().to_owned(),
        points: points(reason.millionths),
        amount: reason.amount,
    };
    reasons.iter().map(reason).collect()
}

fn alternative(alternative: &Alternative) -> api::PlanAlternative {
    api::PlanAlternative {
        remedy: alternative.remedy.to_string(),
        price: alternative.price.to_string(),
        cost_vnd: alternative.cost.0,
        five_year_vnd: alternative.five_year_cost.0,
        benefit: points(alternative.benefit_millionths),
    }
}

/// The word of a reason to cut.
pub(crate) const fn cut_word(reason: CutReason) -> &'static str {
    match reason {
        CutReason::NoBenefit => "no_benefit",
        CutReason::DearerThanBudget => "dearer_than_budget",
        CutReason::GroupDoesNotFitQuarters => "group_does_not_fit_quarters",
        CutReason::BudgetSpent => "budget_spent",
        CutReason::CapacityFull => "capacity_full",
        CutReason::RedundancyGroupFull => "redundancy_group_full",
    }
}

/// The word of an outcome, why it was cut, and its quarter.
pub(crate) fn outcome(line: &ProposedLine) -> (&'static str, Option<&'static str>, Option<u32>) {
    match line.outcome {
        LineOutcome::Chosen { quarter } => ("chosen", None, Some(quarter)),
        LineOutcome::Cut { reason } => ("cut", Some(cut_word(reason)), None),
        LineOutcome::Kept => ("kept", None, None),
    }
}

fn impact(impact: Option<&Impact<'_>>) -> api::PlanImpact {
    let names = |names: &[&tw_model::Name]| names.iter().map(|name| local(name)).collect();
    let unknown = Impact::default();
    let impact = impact.unwrap_or(&unknown);
    api::PlanImpact {
        percent: impact.percent(),
        source: impact.source().to_owned(),
        graph_percent: impact.by_graph,
        only_path_for: names(&impact.only_path_for),
        without_redundancy: names(&impact.without_redundancy),
    }
}

fn line((world, impacts): Known<'_>, line: &ProposedLine) -> api::PlanLine {
    let asset = world.register.assets.get(&line.tag);
    let (outcome, cut_reason, quarter) = outcome(line);
    api::PlanLine {
        asset: line.tag.to_string(),
        class: asset.map(|a| a.class.to_string()).unwrap_or_default(),
        model: asset.and_then(|a| a.model.clone()),
        site: asset.and_then(|a| Some(world.site_of_asset(a)?.to_string())),
        unit: asset.and_then(|a| Some(a.unit.as_ref()?.to_string())),
        verdict: verdict(line.verdict),
        proposal: alternative(&line.proposal),
        heading: heading_of(line).to_string(),
        alternatives: line.alternatives.iter().map(alternative).collect(),
        reasons: reasons(&line.reasons),
        outcome: outcome.to_owned(),
        cut_reason: cut_reason.map(ToOwned::to_owned),
        quarter,
        set: line.set.clone(),
        waiver_possible: line.waiver_possible(),
        impact: Some(impact(impacts.get(&line.tag))),
    }
}

fn unpriced(unpriced: &Unpriced) -> api::PlanUnpriced {
    api::PlanUnpriced {
        asset: unpriced.tag.to_string(),
        class: unpriced.class.to_string(),
        verdict: verdict(unpriced.verdict),
        reasons: reasons(&unpriced.reasons),
    }
}

/// A verdict as the API says it.
pub(crate) const fn verdict(verdict: tw_lifecycle::AgeVerdict) -> api::AgeVerdict {
    match verdict {
        tw_lifecycle::AgeVerdict::Over => api::AgeVerdict::Over,
        tw_lifecycle::AgeVerdict::Within => api::AgeVerdict::Within,
        tw_lifecycle::AgeVerdict::Uncertain => api::AgeVerdict::Uncertain,
        tw_lifecycle::AgeVerdict::Unknown => api::AgeVerdict::Unknown,
        tw_lifecycle::AgeVerdict::Conflict => api::AgeVerdict::Conflict,
    }
}

/// A kept plan, read.
pub(crate) fn kept(
    stored: StoredPlan,
    progress: Vec<PlanLineProgress>,
) -> Result<api::ReplacementPlan, serde_json::Error> {
    let (frozen_by, frozen_at) = stored.frozen.unzip();
    let (approved_by, approved_at) = stored.approved.unzip();
    let progress = progress.into_iter().map(|line| api::PlanProgress {
        year: line.year,
        asset: line.asset,
        ordered_on: line.ordered_on,
        delivered_on: line.delivered_on,
        document: line.document,
        actor: line.actor,
        at: line.at,
    });
    Ok(api::ReplacementPlan {
        id: stored.id,
        spec: serde_json::from_value(stored.spec)?,
        status: api::PlanStatus {
            state: serde_json::from_value(Value::String(stored.state))?,
            made_by: stored.made_by,
            made_at: stored.made_at,
            frozen_by,
            frozen_at,
            approved_by,
            approved_at,
            document: stored.document,
            progress: progress.collect(),
        },
        result: serde_json::from_value(stored.result)?,
        version: stored.version,
    })
}

/// A kept plan in a list.
pub(crate) fn brief(stored: StoredPlan) -> Result<api::PlanBrief, serde_json::Error> {
    let plan = kept(stored, Vec::new())?;
    let years = &plan.result.years;
    Ok(api::PlanBrief {
        name: plan.spec.name.clone(),
        state: plan.status.state,
        first_year: plan.spec.envelopes.first().map_or(0, |first| first.year),
        years: u32::try_from(plan.spec.envelopes.len()).unwrap_or(u32::MAX),
        investment_vnd: years.iter().map(|year| year.investment_vnd).sum(),
        invested_vnd: years.iter().map(|year| year.invested_vnd).sum(),
        chosen: years.iter().map(|year| year.chosen).sum(),
        cut: years.last().map_or(0, |last| last.cut),
        staff_percent: years
            .last()
            .and_then(|last| last.staff_after.compliance_percent.clone()),
        id: plan.id,
        version: plan.version,
    })
}

/// The line or the missing price of an asset in a year.
pub(crate) fn line_of<'a>(plan: &'a YearPlan, tag: &AssetTag) -> Option<&'a ProposedLine> {
    plan.lines.iter().find(|line| line.tag == *tag)
}
