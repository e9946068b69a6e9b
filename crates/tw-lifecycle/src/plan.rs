//! The replacement plan: what to buy within a budget, and in which quarter.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`. **Must not:** spend a đồng too much, split a
//! group, or give another plan for the same lines in another order.

pub(crate) mod schedule;
mod search;

use search::{Item, Limits};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use tw_units::Vnd;

/// The most lines that are planned at once.
pub const PLAN_LINES_MAX: usize = 5_000;

/// One thing that could be bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLine {
    /// Its name; ties are decided by it.
    pub id: String,
    /// What it costs.
    pub cost: Vnd,
    /// What it brings, in millionths of the unit of benefit.
    pub benefit_millionths: i64,
    /// It has to be bought.
    pub mandatory: bool,
    /// Lines with the same word are bought together or not at all.
    pub group: Option<String>,
    /// Lines with the same word back each other up: at most one is installed in a quarter.
    pub redundancy_group: Option<String>,
}

/// What may be spent and installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanLimits {
    /// The budget.
    pub budget: Vnd,
    /// How many quarters the plan has; without them nothing is scheduled, and neither capacity
    /// nor redundancy groups limit the choice.
    pub quarters: Option<u32>,
    /// How many lines can be installed in a quarter.
    pub capacity_per_quarter: Option<u32>,
}

/// Why a line was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CutReason {
    /// It brings nothing.
    NoBenefit,
    /// It, or its group, costs more than all that the mandatory lines leave.
    DearerThanBudget,
    /// Its own group cannot be installed within the quarters.
    GroupDoesNotFitQuarters,
    /// Too little is left for it; what was chosen brings more for the money.
    BudgetSpent,
    /// The quarters are full; what was chosen brings more.
    CapacityFull,
    /// Every quarter already has one of its redundancy group.
    RedundancyGroupFull,
}

/// A line that is not bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutLine {
    /// Which.
    pub id: String,
    /// Why.
    pub reason: CutReason,
}

/// The plan.
#[derive(Clone, Debug, PartialEq)]
pub struct ReplacementPlan {
    /// What is bought, by id.
    pub chosen: Vec<String>,
    /// What is not, by id.
    pub cut: Vec<CutLine>,
    /// What it costs.
    pub total: Vnd,
    /// What it brings, in millionths.
    pub benefit_millionths: i64,
    /// The quarter of each line, from 1; empty without quarters.
    pub schedule: BTreeMap<String, u32>,
    /// No other choice brings more.
    pub proven_optimal: bool,
    /// How much more another choice could bring at most, as a share; 0 when proven.
    pub gap: f64,
}

/// Why no plan can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Too many lines.
    #[error("a plan has at most {PLAN_LINES_MAX} lines, this one has {0}")]
    TooManyLines(usize),
    /// The mandatory lines alone are too much.
    #[error("the mandatory lines cost {sum} VND and the budget is {budget} VND")]
    MandatoryOverBudget {
        /// Their sum.
        sum: i128,
        /// The budget.
        budget: i64,
    },
    /// The mandatory lines alone are too many.
    #[error("the {lines} mandatory lines cannot be installed: there is room for {room}")]
    MandatoryOverCapacity {
        /// How many.
        lines: usize,
        /// For how many there is room.
        room: u64,
    },
    /// Too many mandatory lines back each other up.
    #[error(
        "{lines} mandatory lines are of the redundancy group {group:?} and there are {quarters} \
         quarters"
    )]
    MandatoryOverRedundancy {
        /// Which group.
        group: String,
        /// How many of it.
        lines: u32,
        /// How many quarters.
        quarters: u32,
    },
}

/// Chooses the lines with the most benefit within the limits.
///
/// Mandatory lines first; a group with a mandatory line is mandatory as a whole. Among choices
/// with the same benefit, the one that has the first id in which they differ. Lines that bring
/// nothing are not bought.
pub fn make_plan(lines: &[PlanLine], limits: &PlanLimits) -> Result<ReplacementPlan, PlanError> {
    if lines.len() > PLAN_LINES_MAX {
        return Err(PlanError::TooManyLines(lines.len()));
    }
    let mut lines: Vec<&PlanLine> = lines.iter().collect();
    lines.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let items = gather(&lines);
    let (mandatory, free): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|i| i.mandatory);
    let left = after_mandatory(&mandatory, limits)?;
    let (fit, unfit): (Vec<Item>, Vec<Item>) = free
        .into_iter()
        .partition(|item| reason_alone(item, &left).is_none());
    let found = search::best(&fit, &left);
    let taken = mandatory
        .iter()
        .chain(found.chosen.iter().filter_map(|i| fit.get(*i)));
    let chosen: BTreeSet<usize> = taken
        .flat_map(|item| item.members.iter().copied())
        .collect();
    let rest = left.without(found.chosen.iter().filter_map(|i| fit.get(*i)));
    let mut cut: Vec<CutLine> = Vec::new();
    for item in unfit.iter().chain(&fit) {
        let is_cut = item.members.iter().all(|member| !chosen.contains(member));
        let alone = reason_alone(item, &left);
        let reason = alone.unwrap_or_else(|| reason_beside(item, &rest));
        let members = item.members.iter().filter(|_| is_cut);
        cut.extend(members.filter_map(|i| lines.get(*i)).map(|line| CutLine {
            id: line.id.clone(),
            reason,
        }));
    }
    cut.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    let bought: Vec<&PlanLine> = chosen
        .iter()
        .filter_map(|i| lines.get(*i).copied())
        .collect();
    let benefit_millionths: i64 = bought.iter().map(|line| line.benefit_millionths).sum();
    Ok(ReplacementPlan {
        total: Vnd(bought.iter().map(|line| line.cost.0).sum()),
        schedule: limits
            .quarters
            .map(|quarters| schedule::schedule(&bought, quarters, limits.capacity_per_quarter))
            .unwrap_or_default(),
        chosen: bought.iter().map(|line| line.id.clone()).collect(),
        cut,
        benefit_millionths,
        proven_optimal: found.proven,
        gap: gap(found.chosen_benefit, found.upper_bound, found.proven),
    })
}

/// Lines of a group become one item; members are places in the sorted list of lines.
fn gather(lines: &[&PlanLine]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        let place = line
            .group
            .as_deref()
            .and_then(|group| groups.get(group).copied());
        let place = place.unwrap_or_else(|| {
            items.push(Item::default());
            items.len() - 1
        });
        if let Some(group) = line.group.as_deref() {
            groups.insert(group, place);
        }
        if let Some(item) = items.get_mut(place) {
            item.members.push(index);
            item.cost += i128::from(line.cost.0);
            item.benefit += i128::from(line.benefit_millionths);
            item.mandatory |= line.mandatory;
            if let Some(group) = &line.redundancy_group {
                *item.redundancy.entry(group.clone()).or_default() += 1;
            }
        }
    }
    items
}

fn after_mandatory(mandatory: &[Item], limits: &PlanLimits) -> Result<Limits, PlanError> {
    let whole = Limits {
        budget: i128::from(limits.budget.0),
        lines: match (limits.quarters, limits.capacity_per_quarter) {
            (Some(quarters), Some(capacity)) => Some(u64::from(quarters) * u64::from(capacity)),
            _ => None,
        },
        quarters: limits.quarters,
        used: BTreeMap::new(),
    };
    let sum: i128 = mandatory.iter().map(|item| item.cost).sum();
    if sum > whole.budget {
        let budget = limits.budget.0;
        return Err(PlanError::MandatoryOverBudget { sum, budget });
    }
    let lines: usize = mandatory.iter().map(|item| item.members.len()).sum();
    if let Some(room) = whole.lines.filter(|room| count(lines) > *room) {
        return Err(PlanError::MandatoryOverCapacity { lines, room });
    }
    let left = whole.without(mandatory.iter());
    let full = left.quarters.and_then(|quarters| {
        let over = left.used.iter().find(|(_, lines)| **lines > quarters);
        over.map(|(group, lines)| PlanError::MandatoryOverRedundancy {
            group: group.clone(),
            lines: *lines,
            quarters,
        })
    });
    full.map_or(Ok(left), Err)
}

/// Why an item cannot be bought even if nothing else is.
fn reason_alone(item: &Item, left: &Limits) -> Option<CutReason> {
    let crowded = |q: u32| item.redundancy.values().any(|lines| *lines > q);
    if item.benefit <= 0 {
        Some(CutReason::NoBenefit)
    } else if item.cost > left.budget {
        Some(CutReason::DearerThanBudget)
    } else if left.quarters.is_some_and(crowded) {
        Some(CutReason::GroupDoesNotFitQuarters)
    } else if left
        .lines
        .is_some_and(|room| count(item.members.len()) > room)
    {
        Some(CutReason::CapacityFull)
    } else if !left.has_quarters_for(item) {
        Some(CutReason::RedundancyGroupFull)
    } else {
        None
    }
}

/// Why an item is not bought beside what is chosen.
fn reason_beside(item: &Item, rest: &Limits) -> CutReason {
    if item.cost > rest.budget {
        CutReason::BudgetSpent
    } else if !rest.has_quarters_for(item) {
        CutReason::RedundancyGroupFull
    } else {
        CutReason::CapacityFull
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn gap(benefit: i128, upper_bound: i128, proven: bool) -> f64 {
    if proven || upper_bound <= benefit {
        return 0.0;
    }
    (upper_bound - benefit) as f64 / upper_bound as f64
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
