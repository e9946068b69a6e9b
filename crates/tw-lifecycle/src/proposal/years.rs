//! One year after the other: what is renewed in one is young in the next.
//!
//! **Room:** layer 0, pure. **May use:** `tw-model`. **Must not:** spend one year's money in
//! another.

use super::{
    Choice, LineOutcome, ProposedLine, QUARTERS, RiskLeft, Scene, Step, StepResult, Unpriced,
    computers, decisive, in_use, line_of,
    remedies::{Ended, Offer, Subject, consequence},
    run_step, staff, verdict, year_end,
};
use crate::{
    age::AgeVerdict,
    compliance::StaffCount,
    plan::{PlanError, PlanLine, schedule::schedule},
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tw_model::{Asset, BudgetHeading, Day, Remedy};
use tw_units::{AssetTag, Vnd};

/// What may be spent in a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearMoney {
    /// Which year.
    pub year: u16,
    /// For what is bought once.
    pub investment: Vnd,
    /// For what is paid every year; what earlier years of the plan promised is taken from it.
    pub recurrent: Vnd,
}

/// What is asked of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanRequest {
    /// The years, in order.
    pub years: Vec<YearMoney>,
    /// How many assets can be installed in a quarter.
    pub capacity_per_quarter: Option<u32>,
    /// What somebody decided before.
    pub choices: BTreeMap<AssetTag, Choice>,
}

/// The plan of one year.
#[derive(Clone, Debug, PartialEq)]
pub struct YearPlan {
    /// The money.
    pub money: YearMoney,
    /// What earlier years of the plan promised for this one: leases.
    pub promised: Vnd,
    /// Every line, by tag.
    pub lines: Vec<ProposedLine>,
    /// What has a reason and no price, by tag.
    pub unpriced: Vec<Unpriced>,
    /// What is spent of the investment money.
    pub invested: Vnd,
    /// What is spent of the recurrent money, without what was promised before.
    pub recurring: Vnd,
    /// What the chosen lines bring, in millionths.
    pub benefit_millionths: i64,
    /// Each step is proven to be the best.
    pub proven_optimal: bool,
    /// The largest gap of a step, as a share.
    pub gap: f64,
    /// People at the end of the year if nothing is done in it.
    pub staff_before: StaffCount,
    /// People at the end of the year with the plan.
    pub staff_after: StaffCount,
    /// What remains.
    pub risk: RiskLeft,
    /// What would remain if nothing were done.
    pub risk_before: RiskLeft,
}

/// Plans the years one after the other.
pub fn make_years(scene: &Scene<'_>, request: &PlanRequest) -> Result<Vec<YearPlan>, PlanError> {
    let mut renewed: BTreeSet<AssetTag> = BTreeSet::new();
    let mut promised = 0;
    let mut plans = Vec::new();
    for money in &request.years {
        let day = year_end(money.year);
        let assets = scene.register.assets.values();
        let ages: HashMap<&str, AgeVerdict> = assets
            .map(|asset| (asset.tag.as_str(), (scene.verdict)(asset, day)))
            .collect();
        let known = |asset: &Asset, _: Date| {
            let age = ages.get(asset.tag.as_str()).copied();
            age.unwrap_or(AgeVerdict::Unknown)
        };
        let scene = Scene {
            verdict: &known,
            ..*scene
        };
        let plan = Year {
            scene: &scene,
            request,
            money: *money,
            promised: Vnd(promised),
            renewed: &renewed,
            day,
        }
        .plan()?;
        let chosen = || plan.lines.iter().filter(|line| line.is_chosen());
        let leased = chosen().filter(|line| line.proposal.remedy == Remedy::Lease);
        promised += leased.map(|line| line.proposal.cost.0).sum::<i64>();
        let renews = chosen().filter(|line| line.proposal.remedy.renews());
        let renews: Vec<AssetTag> = renews.map(|line| line.tag.clone()).collect();
        renewed.extend(renews);
        plans.push(plan);
    }
    Ok(plans)
}

struct Year<'a> {
    scene: &'a Scene<'a>,
    request: &'a PlanRequest,
    money: YearMoney,
    promised: Vnd,
    renewed: &'a BTreeSet<AssetTag>,
    day: Date,
}

/// What the three steps came to.
#[derive(Default)]
struct Tally {
    /// The place of the offer that was bought.
    chosen: BTreeMap<AssetTag, usize>,
    /// When it is installed; what is not is paid from the first quarter on.
    quarters: BTreeMap<String, u32>,
    /// Why the first proposal was not bought.
    cut: BTreeMap<AssetTag, crate::plan::CutReason>,
    invested: i64,
    recurring: i64,
    proven: bool,
    gap: f64,
}

impl Year<'_> {
    fn plan(&self) -> Result<YearPlan, PlanError> {
        let subjects = self.subjects();
        let offers: Vec<(&Subject<'_>, Vec<Offer>)> = subjects
            .iter()
            .map(|subject| (subject, subject.offers(self.scene, self.day)))
            .collect();
        let tally = self.steps(&offers)?;
        let mut plan = self.empty();
        for (subject, offers) in &offers {
            self.place(&mut plan, subject, offers, &tally);
        }
        plan.invested = Vnd(tally.invested);
        plan.recurring = Vnd(tally.recurring);
        (plan.proven_optimal, plan.gap) = (tally.proven, tally.gap);
        let chosen = plan.lines.iter().filter(|line| line.is_chosen());
        plan.benefit_millionths = chosen
            .clone()
            .map(|line| line.proposal.benefit_millionths)
            .sum();
        let mut renewed = self.renewed.clone();
        let renews = chosen.clone().filter(|l| l.proposal.remedy.renews());
        renewed.extend(renews.map(|line| line.tag.clone()));
        let supported: BTreeSet<AssetTag> = chosen
            .filter(|line| line.proposal.remedy == Remedy::ExtendSupport)
            .map(|line| line.tag.clone())
            .collect();
        plan.staff_after = staff(self.scene, self.day, &renewed);
        plan.risk = self.risk(&renewed, &supported);
        Ok(plan)
    }

    fn empty(&self) -> YearPlan {
        YearPlan {
            money: self.money,
            promised: self.promised,
            lines: Vec::new(),
            unpriced: Vec::new(),
            invested: Vnd(0),
            recurring: Vnd(0),
            benefit_millionths: 0,
            proven_optimal: true,
            gap: 0.0,
            staff_before: staff(self.scene, self.day, self.renewed),
            staff_after: StaffCount::default(),
            risk: RiskLeft::default(),
            risk_before: self.risk(self.renewed, &BTreeSet::new()),
        }
    }

    /// The assets in use that have a reason, by tag; with them the rest of sets that are
    /// replaced as a whole.
    fn subjects(&self) -> Vec<Subject<'_>> {
        let register = self.scene.register;
        let decisive = decisive(&computers(self.scene, self.day, self.renewed));
        let mut subjects: Vec<Subject<'_>> = register
            .assets
            .values()
            .filter(|asset| in_use(asset))
            .map(|asset| self.subject(asset, &decisive))
            .collect();
        let whole: BTreeSet<&str> = subjects
            .iter()
            .filter(|subject| subject.has_reason() && subject.may_be_renewed())
            .filter_map(|subject| self.scene.policy.set_of(&subject.asset.tag))
            .filter(|set| set.together)
            .map(|set| set.id.as_str())
            .collect();
        for subject in &mut subjects {
            let set = self.scene.policy.set_of(&subject.asset.tag);
            subject.together = set.is_some_and(|set| whole.contains(set.id.as_str()));
        }
        subjects.retain(|subject| {
            let asked = matches!(subject.choice, Some(Choice::Must | Choice::Only(_)));
            asked || subject.has_reason()
        });
        subjects
    }

    fn subject<'b>(&self, asset: &'b Asset, decisive: &BTreeSet<AssetTag>) -> Subject<'b> {
        let renewed = self.renewed.contains(&asset.tag);
        let ends = (self.scene.ends)(asset);
        let over = |end: Option<Day>| !renewed && end.is_some_and(|end| end.0 < self.day);
        Subject {
            asset,
            verdict: verdict(self.scene, asset, self.day, self.renewed),
            decisive: decisive.contains(&asset.tag),
            ended: Ended {
                support: over(ends.support),
                security: over(ends.security),
            },
            choice: self
                .request
                .choices
                .get(&asset.tag)
                .copied()
                .filter(|_| !renewed),
            together: false,
        }
    }

    fn steps(&self, offers: &[(&Subject<'_>, Vec<Offer>)]) -> Result<Tally, PlanError> {
        let must = |s: &&(&Subject<'_>, Vec<Offer>)| {
            matches!(s.0.choice, Some(Choice::Must | Choice::Only(_)))
        };
        let musts: BTreeSet<AssetTag> = offers
            .iter()
            .filter(must)
            .map(|(subject, _)| subject.asset.tag.clone())
            .collect();
        let mut tally = Tally {
            proven: true,
            ..Tally::default()
        };
        // First what brings most of all that is bought once, then the cheaper of it, then what
        // is paid every year.
        for (heading, cheaper) in [
            (BudgetHeading::Investment, false),
            (BudgetHeading::Investment, true),
            (BudgetHeading::Recurrent, false),
        ] {
            let (open, places) = still_open(offers, &tally, (heading, cheaper));
            let money = match heading {
                BudgetHeading::Investment => self.money.investment.0 - tally.invested,
                BudgetHeading::Recurrent => self.money.recurrent.0 - self.promised.0,
            };
            let installed = heading == BudgetHeading::Investment;
            let capacity = self.request.capacity_per_quarter.filter(|_| installed);
            let none = BTreeSet::new();
            let step = Step {
                offers: open,
                money: Vnd(money.max(0)),
                capacity: capacity.map(|capacity| tally.room(capacity)),
                musts: if cheaper { &none } else { &musts },
                installed,
            };
            if step.capacity != Some(0) {
                let result = run_step(self.scene, &step)?;
                tally.take(heading, result, &places);
            }
        }
        tally.quarters = self.quarters(offers, &tally);
        Ok(tally)
    }

    /// When everything that is bought once is installed, all steps together.
    fn quarters(
        &self,
        offers: &[(&Subject<'_>, Vec<Offer>)],
        tally: &Tally,
    ) -> BTreeMap<String, u32> {
        let bought = offers.iter().filter_map(|(subject, offers)| {
            let offer = offers.get(*tally.chosen.get(&subject.asset.tag)?)?;
            let installed = offer.alternative.remedy.heading() == BudgetHeading::Investment;
            let line = || line_of(self.scene, &subject.asset.tag, &offer.alternative, true);
            installed.then(line)
        });
        let bought: Vec<PlanLine> = bought.collect();
        let lines: Vec<&PlanLine> = bought.iter().collect();
        schedule(&lines, QUARTERS, self.request.capacity_per_quarter)
    }

    fn place(&self, plan: &mut YearPlan, subject: &Subject<'_>, offers: &[Offer], tally: &Tally) {
        let tag = &subject.asset.tag;
        let chosen = tally.chosen.get(tag);
        let place = chosen.copied().unwrap_or(0);
        let Some(offer) = offers.get(place) else {
            plan.unpriced.push(Unpriced {
                tag: tag.clone(),
                class: subject.asset.class,
                reasons: subject.reasons(self.scene, Remedy::Replace, None),
                verdict: subject.verdict,
            });
            return;
        };
        let outcome = match (chosen, tally.cut.get(tag)) {
            (Some(_), _) => LineOutcome::Chosen {
                quarter: tally.quarters.get(tag.as_str()).copied().unwrap_or(1),
            },
            (None, Some(reason)) => LineOutcome::Cut { reason: *reason },
            (None, None) => LineOutcome::Kept,
        };
        let others = offers.iter().enumerate().filter(|(i, _)| *i != place);
        let set = self.scene.policy.set_of(tag);
        plan.lines.push(ProposedLine {
            tag: tag.clone(),
            proposal: offer.alternative.clone(),
            alternatives: others.map(|(_, other)| other.alternative.clone()).collect(),
            reasons: offer.reasons.clone(),
            verdict: subject.verdict,
            outcome,
            set: set.map(|set| set.id.clone()),
        });
    }

    fn risk(&self, renewed: &BTreeSet<AssetTag>, supported: &BTreeSet<AssetTag>) -> RiskLeft {
        let mut risk = RiskLeft::default();
        for asset in self.scene.register.assets.values().filter(|a| in_use(a)) {
            let verdict = verdict(self.scene, asset, self.day, renewed);
            match verdict {
                AgeVerdict::Within => {}
                AgeVerdict::Over => risk.over += 1,
                _ => risk.not_known += 1,
            }
            let is_new = renewed.contains(&asset.tag);
            let ends = (self.scene.ends)(asset);
            let over = |end: Option<Day>| !is_new && end.is_some_and(|end| end.0 < self.day);
            risk.without_security += u64::from(over(ends.security));
            let helped = supported.contains(&asset.tag);
            risk.without_support += u64::from(over(ends.support) && !helped);
            match consequence(self.scene, asset, verdict) {
                Some(cost) => risk.outage_vnd += cost.now_vnd,
                None => risk.without_prior += 1,
            }
        }
        risk
    }
}

type Open<'a> = (Vec<(&'a Subject<'a>, Offer)>, BTreeMap<AssetTag, usize>);

/// The best offer of a heading for everything that is not bought yet, or the second best, with
/// their places.
fn still_open<'a>(
    offers: &[(&'a Subject<'a>, Vec<Offer>)],
    tally: &Tally,
    (heading, cheaper): (BudgetHeading, bool),
) -> Open<'a> {
    let (mut open, mut places) = (Vec::new(), BTreeMap::new());
    for (subject, offers) in offers {
        let tag = &subject.asset.tag;
        if tally.chosen.contains_key(tag) || subject.choice == Some(Choice::Keep) {
            continue;
        }
        let mut of_heading = offers
            .iter()
            .enumerate()
            .filter(|(_, offer)| offer.alternative.remedy.heading() == heading);
        if let Some((place, offer)) = of_heading.nth(usize::from(cheaper)) {
            places.insert(tag.clone(), place);
            open.push((*subject, offer.clone()));
        }
    }
    (open, places)
}

impl Tally {
    /// How many more can be installed in each quarter.
    fn room(&self, capacity: u32) -> u32 {
        let installed = u32::try_from(self.chosen.len()).unwrap_or(u32::MAX);
        (capacity * QUARTERS).saturating_sub(installed) / QUARTERS
    }

    fn take(
        &mut self,
        heading: BudgetHeading,
        result: StepResult,
        places: &BTreeMap<AssetTag, usize>,
    ) {
        match heading {
            BudgetHeading::Investment => self.invested += result.spent,
            BudgetHeading::Recurrent => self.recurring += result.spent,
        }
        for tag in result.chosen {
            let place = places.get(&tag).copied().unwrap_or(0);
            self.cut.remove(&tag);
            self.chosen.insert(tag, place);
        }
        for (tag, reason) in result.cut {
            self.cut.entry(tag).or_insert(reason);
        }
        self.proven &= result.proven;
        self.gap = self.gap.max(result.gap);
    }
}
