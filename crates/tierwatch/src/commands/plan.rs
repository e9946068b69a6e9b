//! `tierwatch plan`: what to replace within a budget.
//!
//! **Room:** layer 3. **May use:** `tw-lifecycle`. **Must not:** choose; it reads, asks and
//! prints.

mod diff;
#[cfg(test)]
mod tests;

use crate::{
    json_input::{Field, read_json},
    outcome::{Failure, Outcome, say, say_json},
};
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::{Number, Value};
use std::collections::{BTreeMap, BTreeSet};
use tw_lifecycle::{CutReason, PlanError, PlanLimits, PlanLine, ReplacementPlan, make_plan};
use tw_units::Vnd;

/// Replacement plans.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Choose the lines with the most benefit within the budget.
    Make(Make),
    /// Say what differs between two plans that `plan make --json` printed.
    Diff(diff::Diff),
}

#[derive(Debug, Args)]
pub(crate) struct Make {
    /// Budget and lines as JSON; `-` reads standard input.
    #[arg(long)]
    input: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Outcome {
    match command {
        Command::Make(args) => make(&args),
        Command::Diff(args) => diff::run(&args),
    }
}

fn make(args: &Make) -> Outcome {
    let (lines, limits) = read_json(&args.input, read)?;
    let plan = make_plan(&lines, &limits);
    let plan = plan.map_err(|why: PlanError| Failure::input(format!("{}: {why}", args.input)))?;
    let report = Report::new(plan);
    if args.json {
        return say_json(&report);
    }
    for id in &report.chosen {
        let quarter = report.schedule.get(id);
        let quarter = quarter.map_or(String::new(), |quarter| format!("  quarter {quarter}"));
        say(format_args!("buy  {id}{quarter}"));
    }
    for cut in &report.cut {
        say(format_args!("cut  {}  {}", cut.id, words(cut.reason)));
    }
    let best = if report.proven_optimal {
        "no other choice brings more".to_owned()
    } else {
        format!(
            "another choice could bring {:.3} % more at most",
            report.gap * 100.0
        )
    };
    say(format_args!(
        "total {} VND, benefit {}; {best}",
        report.total_vnd, report.benefit
    ));
    Ok(())
}

#[derive(Serialize)]
struct Cut {
    id: String,
    reason: CutReason,
}

#[derive(Serialize)]
struct Report {
    chosen: Vec<String>,
    cut: Vec<Cut>,
    total_vnd: i64,
    benefit: Number,
    schedule: BTreeMap<String, u32>,
    proven_optimal: bool,
    gap: f64,
}

/// Benefits are kept as whole millionths, so that sums are exact.
const MILLIONTHS: i64 = 1_000_000;
/// The largest benefit of a line.
const BENEFIT_MAX: f64 = 1e9;

impl Report {
    fn new(plan: ReplacementPlan) -> Self {
        let cut = plan.cut.into_iter().map(|cut| Cut {
            id: cut.id,
            reason: cut.reason,
        });
        Self {
            chosen: plan.chosen,
            cut: cut.collect(),
            total_vnd: plan.total.0,
            benefit: number(plan.benefit_millionths),
            schedule: plan.schedule,
            proven_optimal: plan.proven_optimal,
            gap: plan.gap,
        }
    }
}

fn number(millionths: i64) -> Number {
    if millionths % MILLIONTHS == 0 {
        return Number::from(millionths / MILLIONTHS);
    }
    let (whole, part) = (millionths / MILLIONTHS, (millionths % MILLIONTHS).abs());
    let text = format!("{whole}.{part:06}");
    let value = text.parse().ok().and_then(Number::from_f64);
    value.unwrap_or_else(|| Number::from(whole))
}

const LINE_FIELDS: &[&str] = &[
    "id",
    "cost_vnd",
    "benefit",
    "mandatory",
    "group",
    "redundancy_group",
];

fn read(root: &Field<'_>) -> Option<(Vec<PlanLine>, PlanLimits)> {
    let file = root.object(&["budget_vnd", "quarters", "capacity_per_quarter", "lines"])?;
    let budget = file
        .required("budget_vnd")
        .and_then(|field| field.whole(0..=VND_MAX));
    let small = |name: &str| match file.optional(name) {
        Some(field) => field
            .whole(1..=1_000_000)
            .map(|number| u32::try_from(number).ok()),
        None => Some(None),
    };
    let (quarters, capacity) = (small("quarters"), small("capacity_per_quarter"));
    let mut ids = BTreeSet::new();
    let lines = file.required("lines").and_then(|field| {
        let items: Vec<Option<PlanLine>> = field
            .list()?
            .iter()
            .map(|item| line(item, &mut ids))
            .collect();
        items.into_iter().collect::<Option<Vec<PlanLine>>>()
    });
    let limits = PlanLimits {
        budget: Vnd(budget?),
        quarters: quarters?,
        capacity_per_quarter: capacity?,
    };
    Some((lines?, limits))
}

/// A thousand million million đồng: sums of all lines stay exact.
const VND_MAX: i64 = 1_000_000_000_000_000;

fn line(item: &Field<'_>, ids: &mut BTreeSet<String>) -> Option<PlanLine> {
    let line = item.object(LINE_FIELDS)?;
    let id_field = line.required("id");
    let cost = line
        .required("cost_vnd")
        .and_then(|field| field.whole(0..=VND_MAX));
    let benefit = line
        .required("benefit")
        .and_then(|field| millionths(&field));
    let mandatory = match line.optional("mandatory") {
        Some(field) => field.truth(),
        None => Some(false),
    };
    let word = |name: &str| match line.optional(name) {
        Some(field) => field.text().map(|text| Some(text.to_owned())),
        None => Some(None),
    };
    let (group, redundancy_group) = (word("group"), word("redundancy_group"));
    let id_field = id_field?;
    let id = id_field.text()?.to_owned();
    if !ids.insert(id.clone()) {
        return id_field.refuse(format!("two lines are called {id:?}"));
    }
    Some(PlanLine {
        id,
        cost: Vnd(cost?),
        benefit_millionths: benefit?,
        mandatory: mandatory?,
        group: group?,
        redundancy_group: redundancy_group?,
    })
}

fn millionths(field: &Field<'_>) -> Option<i64> {
    let benefit = field
        .value
        .as_f64()
        .filter(|b| (0.0..=BENEFIT_MAX).contains(b));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "at most BENEFIT_MAX millionths, which a float holds exactly"
    )]
    let millionths = benefit.map(|b| (b * MILLIONTHS as f64).round() as i64);
    millionths.or_else(|| match field.value {
        Value::Number(number) => field.refuse(format!(
            "must be a number from 0 to {BENEFIT_MAX}, not {number}"
        )),
        _ => field.refuse(format!("must be a number from 0 to {BENEFIT_MAX}")),
    })
}

const fn words(reason: CutReason) -> &'static str {
    match reason {
        CutReason::NoBenefit => "brings nothing",
        CutReason::DearerThanBudget => "costs more than the mandatory lines leave",
        CutReason::GroupDoesNotFitQuarters => "its group cannot be installed in the quarters",
        CutReason::BudgetSpent => "what was chosen brings more for the money",
        CutReason::CapacityFull => "the quarters are full",
        CutReason::RedundancyGroupFull => "every quarter has one of its redundancy group",
    }
}
