//! What a replacement plan proposes: for every asset with a reason what can be done about it,
//! what that brings, what is bought with the year's money and what risk remains.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`, `tw-model`. **Must not:** invent a price or
//! a date; what has no price is told apart, and what is cut is told with the reason.
//!
//! A year is planned in three steps, each of them exact: first what brings most is bought from
//! the investment money; what was cut is then looked at again for a cheaper investment, as a
//! part; and at last for what is paid every year, as longer support. What still remains is kept,
//! with a waiver where it is known to be over.

mod remedies;
mod years;

pub use remedies::{
    Consequence, Reason as PlanReason, ReasonKind as PlanReasonKind, VendorEnds, price as price_of,
};
pub use years::{PlanRequest, YearMoney, YearPlan, make_years};

use crate::{
    age::AgeVerdict,
    compliance::{StaffCount, count_staff, person_verdict},
    plan::{CutReason, PlanError, PlanLimits, PlanLine, make_plan},
};
use jiff::civil::Date;
use remedies::{Offer, Subject};
use std::collections::{BTreeMap, BTreeSet};
use tw_model::{Asset, AssetClass, AssetStatus, BudgetHeading, PlanPolicy, Register, Remedy};
use tw_units::{AssetTag, PersonId, PriceId, Vnd};

/// What a plan is made from. The functions answer what the register alone does not know.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// What is owned, what it costs, how it is weighed.
    pub register: &'a Register,
    /// How plans are weighed.
    pub policy: &'a PlanPolicy,
    /// An asset's verdict on a day.
    pub verdict: &'a dyn Fn(&Asset, Date) -> AgeVerdict,
    /// When its maker lets go of it.
    pub ends: &'a dyn Fn(&Asset) -> VendorEnds,
    /// The security level of what it serves, where it is known.
    pub security_level: &'a dyn Fn(&Asset) -> Option<u32>,
    /// How much of an outage remains when it fails, in percent, where it is known.
    pub impact_percent: &'a dyn Fn(&Asset) -> Option<u32>,
}

/// What somebody decided about an asset before the plan is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Choice {
    /// It has to be in the plan.
    Must,
    /// Nothing is done about it.
    Keep,
    /// This and nothing else.
    Only(Remedy),
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineOutcome {
    /// It is bought, in this quarter of the year.
    Chosen {
        /// From 1 to 4.
        quarter: u32,
    },
    /// It is not.
    Cut {
        /// Why.
        reason: CutReason,
    },
    /// Somebody decided to keep it as it is.
    Kept,
}

/// One thing that could be done about an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// What.
    pub remedy: Remedy,
    /// From the price list.
    pub price: PriceId,
    /// What it costs in the year.
    pub cost: Vnd,
    /// What it costs in five years.
    pub five_year_cost: Vnd,
    /// What it brings, in millionths of a point.
    pub benefit_millionths: i64,
}

/// A line of the plan: an asset and what is proposed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedLine {
    /// Which asset.
    pub tag: AssetTag,
    /// What is proposed.
    pub proposal: Alternative,
    /// What else could be done.
    pub alternatives: Vec<Alternative>,
    /// Why, with the points of each reason.
    pub reasons: Vec<PlanReason>,
    /// Its verdict at the end of the year if nothing is done.
    pub verdict: AgeVerdict,
    /// What became of it.
    pub outcome: LineOutcome,
    /// The set that it belongs to.
    pub set: Option<String>,
}

impl ProposedLine {
    /// Whether it is bought.
    pub const fn is_chosen(&self) -> bool {
        matches!(self.outcome, LineOutcome::Chosen { .. })
    }

    /// Whether it can be kept with a waiver: only what is known to be over can.
    pub fn waiver_possible(&self) -> bool {
        !self.is_chosen() && self.verdict == AgeVerdict::Over
    }
}

/// An asset with a reason and without a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpriced {
    /// Which asset.
    pub tag: AssetTag,
    /// What it is.
    pub class: AssetClass,
    /// Why something should be done.
    pub reasons: Vec<PlanReason>,
    /// Its verdict at the end of the year.
    pub verdict: AgeVerdict,
}

/// What is not cured by the plan, at the end of its year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RiskLeft {
    /// Assets known to be over.
    pub over: u64,
    /// Assets of which it is not known.
    pub not_known: u64,
    /// Assets without security updates.
    pub without_security: u64,
    /// Assets without their maker's support.
    pub without_support: u64,
    /// Expected outage cost a year of all that has a prior.
    pub outage_vnd: i64,
    /// Assets in use without a prior, whose outages are not in the sum.
    pub without_prior: u64,
}

/// Assets in use: what a plan is about. Spares, retired and lost things are disposed of, not
/// replaced.
fn in_use(asset: &Asset) -> bool {
    matches!(
        asset.status,
        AssetStatus::Deployed | AssetStatus::Maintenance
    )
}

/// The first and the last day of the year; the plan looks at the last.
pub(crate) fn year_end(year: u16) -> Date {
    let year = i16::try_from(year).unwrap_or(i16::MAX);
    Date::new(year, 12, 31).unwrap_or(Date::MAX)
}

/// People on the roster by the verdicts on their primary computers, with renewed ones within.
fn staff(scene: &Scene<'_>, day: Date, renewed: &BTreeSet<AssetTag>) -> StaffCount {
    let computers = computers(scene, day, renewed);
    let verdict = |id: &PersonId| {
        let own = computers.get(id.as_str()).map(Vec::as_slice);
        let own: Vec<AgeVerdict> = own.unwrap_or_default().iter().map(|(_, v)| *v).collect();
        person_verdict(&own)
    };
    let people = scene.register.people.values().filter(|p| p.active);
    count_staff(people.map(|person| verdict(&person.id)))
}

type Computers<'a> = BTreeMap<&'a str, Vec<(&'a AssetTag, AgeVerdict)>>;

/// The primary computers that count by person, by their custodians.
fn computers<'a>(scene: &Scene<'a>, day: Date, renewed: &BTreeSet<AssetTag>) -> Computers<'a> {
    let mut computers: Computers<'a> = BTreeMap::new();
    let Some(ages) = &scene.register.age_policy else {
        return computers;
    };
    for asset in scene.register.assets.values() {
        let counts = asset.primary && asset.status.in_scope() && ages.rule(asset.class).per_person;
        if let Some(person) = asset.custodian.as_ref().filter(|_| counts) {
            let verdict = verdict(scene, asset, day, renewed);
            let own = computers.entry(person.as_str()).or_default();
            own.push((&asset.tag, verdict));
        }
    }
    computers
}

fn verdict(
    scene: &Scene<'_>,
    asset: &Asset,
    day: Date,
    renewed: &BTreeSet<AssetTag>,
) -> AgeVerdict {
    if renewed.contains(&asset.tag) {
        return AgeVerdict::Within;
    }
    (scene.verdict)(asset, day)
}

/// The computer whose renewal makes its custodian compliant: of people without a compliant one
/// the first by tag.
fn decisive(computers: &Computers<'_>) -> BTreeSet<AssetTag> {
    let lacking = computers.values().filter(|own| {
        own.iter()
            .all(|(_, verdict)| *verdict != AgeVerdict::Within)
    });
    let first = lacking.filter_map(|own| own.iter().map(|(tag, _)| *tag).min());
    first.cloned().collect()
}

/// One step: the offers of one heading against the money that is left for it.
struct Step<'a> {
    offers: Vec<(&'a Subject<'a>, Offer)>,
    money: Vnd,
    capacity: Option<u32>,
    musts: &'a BTreeSet<AssetTag>,
    /// Support is bought, not installed: nothing is in anything's way.
    installed: bool,
}

struct StepResult {
    chosen: BTreeSet<AssetTag>,
    cut: BTreeMap<AssetTag, CutReason>,
    spent: i64,
    proven: bool,
    gap: f64,
}

/// A year has four quarters.
const QUARTERS: u32 = 4;

fn run_step(scene: &Scene<'_>, step: &Step<'_>) -> Result<StepResult, PlanError> {
    let line = |(subject, offer): &(&Subject<'_>, Offer)| PlanLine {
        mandatory: step.musts.contains(&subject.asset.tag),
        ..line_of(
            scene,
            &subject.asset.tag,
            &offer.alternative,
            step.installed,
        )
    };
    let lines: Vec<PlanLine> = step.offers.iter().map(line).collect();
    let limits = PlanLimits {
        budget: step.money,
        quarters: Some(QUARTERS),
        capacity_per_quarter: step.capacity,
    };
    let plan = make_plan(&lines, &limits)?;
    let tags: BTreeMap<&str, &AssetTag> = step
        .offers
        .iter()
        .map(|(subject, _)| (subject.asset.tag.as_str(), &subject.asset.tag))
        .collect();
    let known = |id: &str| tags.get(id).map(|tag| (*tag).clone());
    Ok(StepResult {
        chosen: plan.chosen.iter().filter_map(|id| known(id)).collect(),
        cut: plan
            .cut
            .iter()
            .filter_map(|cut| Some((known(&cut.id)?, cut.reason)))
            .collect(),
        spent: plan.total.0,
        proven: plan.proven_optimal,
        gap: plan.gap,
    })
}

/// A proposal as the optimiser sees it.
fn line_of(
    scene: &Scene<'_>,
    tag: &AssetTag,
    alternative: &Alternative,
    installed: bool,
) -> PlanLine {
    let set = scene.policy.set_of(tag);
    let word = |wanted: bool| set.filter(|_| wanted).map(|set| set.id.clone());
    PlanLine {
        id: tag.to_string(),
        cost: alternative.cost,
        benefit_millionths: alternative.benefit_millionths,
        mandatory: false,
        group: word(set.is_some_and(|set| set.together && alternative.remedy.renews())),
        redundancy_group: word(set.is_some_and(|set| set.one_a_quarter && installed)),
    }
}

/// The heading that money for a remedy comes from.
pub const fn heading_of(line: &ProposedLine) -> BudgetHeading {
    line.proposal.remedy.heading()
}

#[cfg(test)]
mod tests;
