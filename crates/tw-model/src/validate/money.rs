//! Prices, contracts and the policy of replacement plans.
//!
//! **Room:** layer 0, pure. **May use:** `tw-units`.

use super::{At, Check, FindingCode};
use crate::{Contract, Kind, PlanPolicy, Price};
use std::collections::BTreeSet;

/// Years of envelopes outside are slips of the fingers.
const YEARS: (i64, i64) = (2000, 2200);
/// A thousand million million đồng: sums of all lines stay exact.
const VND_MAX: i64 = 1_000_000_000_000_000;
/// The most watts that replacing one asset saves.
const WATTS_MAX: i64 = 1_000_000;
/// The heaviest weight, in points.
const POINTS_MAX: i64 = 1_000_000;

pub(super) fn check(check: &mut Check<'_>) {
    let register = check.register;
    for price in register.prices.values() {
        one_price(check, price);
    }
    for contract in register.contracts.values() {
        one_contract(check, contract);
    }
    if let Some(policy) = &register.plan_policy {
        plan_policy(check, policy);
    }
}

fn one_price(check: &mut Check<'_>, price: &Price) {
    let at = At {
        kind: Kind::Price,
        id: price.id.as_str(),
    };
    check.text(at, "source", &price.source);
    check.range(at, "cost_vnd", price.cost_vnd.0, (1, VND_MAX));
    if let Some(name) = &price.name {
        check.name(at, "name", name);
    }
    if let Some(watts) = price.saves_w {
        check.range(at, "saves_w", i64::from(watts), (0, WATTS_MAX));
    }
}

fn one_contract(check: &mut Check<'_>, contract: &Contract) {
    let register = check.register;
    let at = At {
        kind: Kind::Contract,
        id: contract.id.as_str(),
    };
    check.name(at, "name", &contract.name);
    check.text(at, "supplier", &contract.supplier);
    if let Some(end) = contract.end.filter(|end| *end < contract.start) {
        let message = format!("it ends on {end}, before it begins on {}", contract.start);
        let allowed = format!("a day from {} on", contract.start);
        check.find(at, "end", (FindingCode::BadOrder, message), allowed);
    }
    if let Some(cost) = contract.yearly_vnd {
        check.range(at, "yearly_vnd", cost.0, (0, VND_MAX));
    }
    if let Some(unit) = &contract.unit {
        check.refers(at, "unit", unit, (Kind::Unit, &register.units));
    }
    let mut seen = BTreeSet::new();
    for (index, tag) in contract.assets.iter().enumerate() {
        let key = format!("assets.{index}");
        check.refers(at, &key, tag, (Kind::Asset, &register.assets));
        if !seen.insert(tag) {
            let what = (FindingCode::DuplicateName, format!("{tag} stands twice"));
            check.find(at, &key, what, "each asset once");
        }
    }
}

fn plan_policy(check: &mut Check<'_>, policy: &PlanPolicy) {
    let at = At {
        kind: Kind::PlanPolicy,
        id: "plan",
    };
    let weights = &policy.weights;
    for (key, points) in [
        ("weights.person", weights.person),
        ("weights.equipment", weights.equipment),
        (
            "weights.outage_per_million_vnd",
            weights.outage_per_million_vnd,
        ),
        ("weights.security_per_level", weights.security_per_level),
        ("weights.support", weights.support),
        (
            "weights.energy_per_million_vnd",
            weights.energy_per_million_vnd,
        ),
    ] {
        check.range(at, key, i64::from(points), (0, POINTS_MAX));
    }
    for (key, percent) in [
        ("uncertain_percent", policy.uncertain_percent),
        ("unknown_percent", policy.unknown_percent),
    ] {
        check.range(at, key, i64::from(percent), (0, 100));
    }
    for (class, level) in &policy.security_levels {
        let key = format!("security_levels.{class}");
        check.range(at, &key, i64::from(*level), (1, 5));
    }
    for (class, prior) in &policy.failures {
        let key = format!("failures.{class}.outage_vnd");
        check.range(at, &key, prior.outage_vnd.0, (0, VND_MAX));
        check.text(at, &format!("failures.{class}.source"), &prior.source);
    }
    envelopes(check, at, policy);
    sets(check, at, policy);
}

fn envelopes(check: &mut Check<'_>, at: At<'_>, policy: &PlanPolicy) {
    let mut years = BTreeSet::new();
    for (index, envelope) in policy.envelopes.iter().enumerate() {
        let key = |name: &str| format!("envelopes.{index}.{name}");
        check.range(at, &key("year"), i64::from(envelope.year), YEARS);
        let money = [
            ("investment_vnd", envelope.investment_vnd),
            ("recurrent_vnd", envelope.recurrent_vnd),
        ];
        for (name, vnd) in money {
            check.range(at, &key(name), vnd.0, (0, VND_MAX));
        }
        if !years.insert(envelope.year) {
            let message = format!("{} stands twice", envelope.year);
            let what = (FindingCode::DuplicateName, message);
            check.find(at, &key("year"), what, "each year once");
        }
    }
}

fn sets(check: &mut Check<'_>, at: At<'_>, policy: &PlanPolicy) {
    let register = check.register;
    let (mut names, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for (index, set) in policy.sets.iter().enumerate() {
        let key = format!("sets.{index}");
        check.text(at, &format!("{key}.id"), &set.id);
        if let Some(percent) = set.impact_percent {
            let key = format!("{key}.impact_percent");
            check.range(at, &key, i64::from(percent), (0, 100));
        }
        if !names.insert(&set.id) {
            let what = (
                FindingCode::DuplicateName,
                format!("{} stands twice", set.id),
            );
            check.find(at, &format!("{key}.id"), what, "each name once");
        }
        for (place, tag) in set.assets.iter().enumerate() {
            let key = format!("{key}.assets.{place}");
            check.refers(at, &key, tag, (Kind::Asset, &register.assets));
            if !taken.insert(tag) {
                let what = (
                    FindingCode::DuplicateName,
                    format!("{tag} belongs to a set already"),
                );
                check.find(at, &key, what, "an asset is in one set at most");
            }
        }
    }
}
