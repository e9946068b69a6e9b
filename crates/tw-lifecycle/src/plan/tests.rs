use super::*;
use proptest::prelude::*;

fn line(id: &str, cost: i64, benefit: i64) -> PlanLine {
    PlanLine {
        id: id.to_owned(),
        cost: Vnd(cost),
        benefit_millionths: benefit,
        mandatory: false,
        group: None,
        redundancy_group: None,
    }
}

fn budget(budget: i64) -> PlanLimits {
    PlanLimits {
        budget: Vnd(budget),
        quarters: None,
        capacity_per_quarter: None,
    }
}

#[track_caller]
fn check(lines: &[PlanLine], limits: PlanLimits, chosen: &[&str], cut: &[(&str, CutReason)]) {
    let plan = make_plan(lines, &limits).unwrap();
    assert_eq!(plan.chosen, chosen);
    let got: Vec<(&str, CutReason)> = plan.cut.iter().map(|c| (c.id.as_str(), c.reason)).collect();
    assert_eq!(got, cut);
    assert!(plan.proven_optimal && plan.gap == 0.0);
}

#[test]
fn the_best_choice_is_not_the_greedy_one() {
    let lines = [line("a", 6, 7), line("b", 5, 5), line("c", 5, 5)];
    check(
        &lines,
        budget(10),
        &["b", "c"],
        &[("a", CutReason::BudgetSpent)],
    );
}

#[test]
fn ties_go_to_the_first_id() {
    let lines = [line("c", 5, 5), line("b", 5, 5), line("a", 5, 5)];
    check(
        &lines,
        budget(10),
        &["a", "b"],
        &[("c", CutReason::BudgetSpent)],
    );
}

#[test]
fn every_cut_line_has_its_reason() {
    let mut lines = vec![
        line("a", 5, 9),
        line("b", 50, 99),
        line("c", 1, 0),
        line("d", 4, 8),
    ];
    lines.extend(["e", "f"].map(|id| PlanLine {
        group: Some("pair".to_owned()),
        ..line(id, 4, 1)
    }));
    check(
        &lines,
        budget(10),
        &["a", "d"],
        &[
            ("b", CutReason::DearerThanBudget),
            ("c", CutReason::NoBenefit),
            ("e", CutReason::BudgetSpent),
            ("f", CutReason::BudgetSpent),
        ],
    );
}

#[test]
fn redundancy_groups_and_capacity_limit_only_a_plan_with_quarters() {
    let lines = ["a", "b", "c"].map(|id| PlanLine {
        redundancy_group: Some("core".to_owned()),
        ..line(id, 1, 1)
    });
    let free = PlanLimits {
        capacity_per_quarter: Some(1),
        ..budget(10)
    };
    check(&lines, free, &["a", "b", "c"], &[]);
    let two = PlanLimits {
        quarters: Some(2),
        capacity_per_quarter: Some(2),
        ..budget(10)
    };
    check(
        &lines,
        two,
        &["a", "b"],
        &[("c", CutReason::RedundancyGroupFull)],
    );
    let narrow = PlanLimits {
        quarters: Some(1),
        capacity_per_quarter: Some(1),
        ..budget(10)
    };
    let lines = [line("a", 1, 1), line("b", 1, 2)];
    check(&lines, narrow, &["b"], &[("a", CutReason::CapacityFull)]);
}

#[test]
fn mandatory_lines_come_first_and_may_be_too_much() {
    let must = |id, cost| PlanLine {
        mandatory: true,
        ..line(id, cost, 0)
    };
    check(
        &[must("z", 8), line("a", 5, 9)],
        budget(10),
        &["z"],
        &[("a", CutReason::DearerThanBudget)],
    );
    let error = make_plan(&[must("y", 8), must("z", 3)], &budget(10)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the mandatory lines cost 11 VND and the budget is 10 VND"
    );
}

/// Every subset, the slow and obvious way: of those that keep every rule the one with the most
/// benefit, and among equals the one that has the first id in which they differ. Lines come in
/// the order of their ids.
fn brute(lines: &[PlanLine], limits: &PlanLimits) -> Option<(i64, Vec<String>)> {
    let bit = |i: usize| 1_u32 << i;
    let mask = |wanted: &dyn Fn(&PlanLine) -> bool| -> u32 {
        let picked = lines.iter().enumerate().filter(|(_, line)| wanted(line));
        picked.map(|(i, _)| bit(i)).sum()
    };
    let together: Vec<u32> = lines
        .iter()
        .enumerate()
        .map(|(i, line)| match &line.group {
            Some(group) => mask(&|other| other.group.as_ref() == Some(group)),
            None => bit(i),
        })
        .collect();
    let benefit = |set: u32| -> i64 {
        let taken = lines.iter().enumerate().filter(|(i, _)| set & bit(*i) != 0);
        taken.map(|(_, line)| line.benefit_millionths).sum()
    };
    let musts = mask(&|line| line.mandatory);
    let idle = |whole: u32| benefit(whole) <= 0 && whole & musts == 0;
    let mut best: Option<(i64, u32, u32)> = None;
    for set in 0..1_u32 << lines.len() {
        let has = |i: usize| set & bit(i) != 0;
        let whole = |(i, whole): (usize, &u32)| {
            if has(i) {
                set & whole == *whole && !idle(*whole)
            } else {
                set & whole == 0
            }
        };
        let cost: i64 = (0..lines.len())
            .filter(|i| has(*i))
            .map(|i| lines[i].cost.0)
            .sum();
        if set & musts != musts || cost > limits.budget.0 || !together.iter().enumerate().all(whole)
        {
            continue;
        }
        let rank = (benefit(set), set.reverse_bits(), set);
        let chosen: Vec<&PlanLine> = (0..lines.len())
            .filter(|i| has(*i))
            .map(|i| &lines[i])
            .collect();
        if best.is_none_or(|best| rank > best) && fits(&chosen, limits) {
            best = Some(rank);
        }
    }
    let (most, _, set) = best?;
    let ids = lines.iter().enumerate().filter(|(i, _)| set & bit(*i) != 0);
    Some((most, ids.map(|(_, line)| line.id.clone()).collect()))
}

/// Tries every quarter for every line.
fn fits(chosen: &[&PlanLine], limits: &PlanLimits) -> bool {
    fn place(rest: &[&PlanLine], put: &mut Vec<(Option<String>, u32)>, limits: (u32, u32)) -> bool {
        let Some((line, rest)) = rest.split_first() else {
            return true;
        };
        (0..limits.0).any(|quarter| {
            let full = put.iter().filter(|(_, q)| *q == quarter).count();
            let group = &line.redundancy_group;
            let meets = group.is_some() && put.contains(&(group.clone(), quarter));
            if full >= usize::try_from(limits.1).unwrap() || meets {
                return false;
            }
            put.push((group.clone(), quarter));
            let good = place(rest, put, limits);
            put.pop();
            good
        })
    }
    match limits.quarters {
        None => true,
        Some(quarters) => {
            let capacity = limits.capacity_per_quarter.unwrap_or(u32::MAX);
            place(chosen, &mut Vec::new(), (quarters, capacity))
        }
    }
}

fn name(letters: &'static str) -> impl Strategy<Value = Option<String>> {
    let letter = prop::sample::select(letters.chars().collect::<Vec<_>>());
    prop_oneof![2 => Just(None), 1 => letter.prop_map(|c| Some(c.to_string()))]
}

fn lines(count: usize) -> impl Strategy<Value = Vec<PlanLine>> {
    let one = (
        1_i64..40,
        0_i64..30,
        prop::bool::weighted(0.1),
        name("pq"),
        name("rst"),
    );
    proptest::collection::vec(one, 0..=count).prop_map(|list| {
        let made =
            list.into_iter()
                .zip(0..)
                .map(
                    |((cost, benefit, mandatory, group, redundancy), i)| PlanLine {
                        mandatory,
                        group,
                        redundancy_group: redundancy,
                        ..line(&format!("L{i:02}"), cost, benefit)
                    },
                );
        made.collect()
    })
}

fn limits() -> impl Strategy<Value = PlanLimits> {
    let quarters = proptest::option::of((1_u32..4, proptest::option::of(1_u32..4)));
    (0_i64..200, quarters).prop_map(|(money, quarters)| PlanLimits {
        quarters: quarters.map(|(q, _)| q),
        capacity_per_quarter: quarters.and_then(|(_, c)| c),
        ..budget(money)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_plan_is_the_best_of_all_subsets_of_sixteen_lines(
        lines in lines(16), limits in limits(),
    ) {
        let plan = make_plan(&lines, &limits);
        match brute(&lines, &limits) {
            None => prop_assert!(plan.is_err(), "{:?}", plan),
            Some((most, chosen)) => {
                let plan = plan.unwrap();
                prop_assert_eq!(plan.benefit_millionths, most);
                prop_assert_eq!(&plan.chosen, &chosen, "ties go to the first id");
                prop_assert!(plan.proven_optimal && plan.total.0 <= limits.budget.0);
                prop_assert_eq!(plan.chosen.len() + plan.cut.len(), lines.len());
                prop_assert_eq!(make_plan(&lines, &limits), Ok(plan));
            }
        }
    }

    #[test]
    fn the_schedule_keeps_redundancy_and_capacity(lines in lines(16), limits in limits()) {
        let Ok(plan) = make_plan(&lines, &limits) else { return Ok(()) };
        let Some(quarters) = limits.quarters else {
            prop_assert!(plan.schedule.is_empty());
            return Ok(());
        };
        prop_assert_eq!(plan.schedule.len(), plan.chosen.len());
        for quarter in 1..=quarters {
            let here: Vec<&PlanLine> = lines.iter().filter(|l| plan.schedule.get(&l.id) == Some(&quarter)).collect();
            if let Some(capacity) = limits.capacity_per_quarter {
                prop_assert!(here.len() <= usize::try_from(capacity).unwrap());
            }
            let groups: Vec<&String> = here.iter().filter_map(|l| l.redundancy_group.as_ref()).collect();
            let distinct: BTreeSet<&&String> = groups.iter().collect();
            prop_assert_eq!(groups.len(), distinct.len());
        }
    }

    #[test]
    fn the_order_of_the_lines_does_not_matter(lines in lines(16).prop_shuffle(), limits in limits()) {
        let turned: Vec<PlanLine> = lines.iter().rev().cloned().collect();
        prop_assert_eq!(make_plan(&lines, &limits), make_plan(&turned, &limits));
    }

    #[test]
    fn more_money_never_brings_less(lines in lines(16), limits in limits(), more in 0_i64..50) {
        let richer = PlanLimits { budget: Vnd(limits.budget.0 + more), ..limits };
        if let (Ok(poor), Ok(rich)) = (make_plan(&lines, &limits), make_plan(&lines, &richer)) {
            prop_assert!(rich.benefit_millionths >= poor.benefit_millionths);
        }
    }
}

/// Costs and benefits as an organisation has them, from a fixed sequence.
fn many(count: u64, related: bool) -> Vec<PlanLine> {
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((state >> 33) % below).unwrap()
    };
    (0..count)
        .map(|i| {
            let cost = 5_000_000 + 500_000 * next(400);
            let benefit = if related {
                cost + next(3_000_000)
            } else {
                1 + next(90_000_000)
            };
            PlanLine {
                redundancy_group: (i % 10 < 2).then(|| format!("r{}", i / 10)),
                ..line(&format!("L{i:04}"), cost, benefit)
            }
        })
        .collect()
}

#[test]
fn a_thousand_lines_are_planned_to_the_optimum() {
    let limits = PlanLimits {
        quarters: Some(4),
        capacity_per_quarter: Some(60),
        ..budget(40_000_000_000)
    };
    let plan = make_plan(&many(1_000, false), &limits).unwrap();
    assert!(plan.proven_optimal, "gap {}", plan.gap);
    assert!(plan.total.0 <= 40_000_000_000 && plan.chosen.len() <= 240);
    let plan = make_plan(&many(1_000, false), &budget(6_000_000_000)).unwrap();
    assert!(plan.proven_optimal, "gap {}", plan.gap);
}

#[test]
fn a_hard_case_says_how_far_it_may_be_from_the_best() {
    let plan = make_plan(&many(1_000, true), &budget(6_000_000_000)).unwrap();
    assert!(plan.total.0 <= 6_000_000_000);
    assert!(plan.gap < 0.001, "gap {}", plan.gap);
}
