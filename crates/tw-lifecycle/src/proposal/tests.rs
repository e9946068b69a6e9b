use super::*;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::json;
use tw_model::{Item, Kind};
use tw_units::PriceId;

/// A little organisation: four people, a pair of servers that back each other up, a router.
fn register() -> Register {
    let item = |kind: Kind, id: &str, value| Item {
        kind,
        id: id.to_owned(),
        value,
    };
    let person = |id: &str| {
        let value = json!({"id": id, "name": id, "unit": "u"});
        item(Kind::Person, id, value)
    };
    let asset = |tag: &str, class: &str, more: serde_json::Value| {
        let mut value = json!({"tag": tag, "class": class, "status": "deployed"});
        let fields = value.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        item(Kind::Asset, tag, value)
    };
    let pc = |tag: &str, person: &str| {
        asset(
            tag,
            "desktop",
            json!({"custodian": person, "primary": true}),
        )
    };
    let price = |id: &str, remedy: &str, class: &str, cost: i64| {
        let value = json!({
            "id": id, "remedy": remedy, "class": class, "cost_vnd": cost,
            "source": "a quotation", "valid_from": "2026-01-01",
        });
        item(Kind::Price, id, value)
    };
    let ages = json!({
        "timezone": "UTC", "default": {"max_age": "60mo", "basis": ["purchased"]},
        "classes": {"desktop": {"max_age": "60mo", "per_person": true}},
    });
    let policy = json!({
        "weights": {"person": 100, "equipment": 20, "outage_per_million_vnd": 4,
            "security_per_level": 40, "support": 30, "energy_per_million_vnd": 1},
        "uncertain_percent": 50, "unknown_percent": 25, "electricity_vnd_per_kwh": 2500,
        "envelopes": [],
        "failures": {"server": {"within_per_1000_years": 40, "over_per_1000_years": 60,
            "outage_vnd": 100_000_000, "source": "assumption"}},
        "sets": [{"id": "pair", "assets": ["S1", "S2"], "together": true, "one_a_quarter": true,
            "impact_percent": 50}],
    });
    let items = [
        item(Kind::Unit, "u", json!({"id": "u", "name": {"en": "U"}})),
        person("P1"),
        person("P2"),
        person("P3"),
        person("P4"),
        pc("D1", "P1"),
        pc("D2", "P2"),
        pc("D2b", "P2"),
        pc("D3", "P3"),
        asset("S1", "server", json!({})),
        asset("S2", "server", json!({})),
        asset("R1", "router", json!({})),
        price("d", "replace", "desktop", 15_000_000),
        price("s", "replace", "server", 300_000_000),
        price("sp", "upgrade", "server", 30_000_000),
        price("ss", "extend_support", "server", 20_000_000),
        item(Kind::AgePolicy, "age", ages),
        item(Kind::PlanPolicy, "plan", policy),
    ];
    Register::from_items(items).unwrap()
}

/// D2, D2b and S1 are over, D3 is not known, the rest is within; S1 has no support.
fn verdict_of(asset: &Asset, _: Date) -> AgeVerdict {
    match asset.tag.as_str() {
        "D2" | "D2b" | "S1" | "R1" => AgeVerdict::Over,
        "D3" => AgeVerdict::Unknown,
        _ => AgeVerdict::Within,
    }
}

fn ends_of(asset: &Asset) -> VendorEnds {
    let past = asset.tag.as_str() == "S1";
    VendorEnds {
        support: past.then_some(tw_model::Day(date(2025, 1, 1))),
        security: None,
    }
}

fn money(year: u16, investment: i64, recurrent: i64) -> YearMoney {
    YearMoney {
        year,
        investment: Vnd(investment),
        recurrent: Vnd(recurrent),
    }
}

fn years(register: &Register, request: &PlanRequest) -> Vec<YearPlan> {
    let scene = Scene {
        register,
        policy: register.plan_policy.as_ref().unwrap(),
        verdict: &verdict_of,
        ends: &ends_of,
        security_level: &|_| None,
        impact_percent: &|_| None,
    };
    make_years(&scene, request).unwrap()
}

fn plan(investment: i64, recurrent: i64) -> YearPlan {
    let request = PlanRequest {
        years: vec![money(2027, investment, recurrent)],
        ..PlanRequest::default()
    };
    years(&register(), &request).remove(0)
}

fn shown(plan: &YearPlan) -> Vec<String> {
    let line = |line: &ProposedLine| {
        let what = match line.outcome {
            LineOutcome::Chosen { quarter } => format!("quarter {quarter}"),
            LineOutcome::Cut { reason } => format!("cut {reason:?}"),
            LineOutcome::Kept => "kept".to_owned(),
        };
        format!("{} {} {what}", line.tag, line.proposal.remedy)
    };
    plan.lines.iter().map(line).collect()
}

#[test]
fn with_money_for_all_every_reason_is_met_and_pairs_are_not_touched_in_one_quarter() {
    let plan = plan(1_000_000_000, 100_000_000);
    assert_eq!(
        shown(&plan),
        [
            "D2 replace quarter 1",
            "D2b replace quarter 1",
            "D3 replace quarter 1",
            "S1 replace quarter 1",
            "S2 replace quarter 2",
        ]
    );
    assert_eq!(plan.invested, Vnd(645_000_000));
    assert_eq!(
        (plan.staff_before.compliant, plan.staff_after.compliant),
        (1, 3)
    );
    assert_eq!(plan.staff_after.without_computer, 1);
    assert_eq!((plan.risk_before.over, plan.risk.over), (4, 1));
    assert_eq!(plan.unpriced.len(), 1, "the router has no price: {plan:?}");
    assert_eq!(plan.unpriced[0].tag.as_str(), "R1");
}

#[test]
fn only_one_of_two_old_computers_makes_their_keeper_compliant() {
    let plan = plan(15_000_000, 0);
    assert_eq!(
        shown(&plan)[..3],
        [
            "D2 replace quarter 1",
            "D2b replace cut BudgetSpent",
            "D3 replace cut BudgetSpent"
        ]
    );
    let of = |tag: &str| {
        let line = plan.lines.iter().find(|line| line.tag.as_str() == tag);
        line.unwrap().reasons[0].kind
    };
    assert_eq!(of("D2"), PlanReasonKind::PersonOver);
    assert_eq!(of("D2b"), PlanReasonKind::Over);
    assert_eq!(of("D3"), PlanReasonKind::PersonUnknown);
    assert!(plan.lines[1].waiver_possible() && !plan.lines[2].waiver_possible());
}

#[test]
fn what_is_cut_is_upgraded_or_supported_if_that_money_is_there() {
    // Enough for the computers, and for longer support.
    let plan = plan(70_000_000, 25_000_000);
    assert_eq!(
        shown(&plan)[3..],
        [
            "S1 extend_support quarter 1",
            "S2 replace cut DearerThanBudget"
        ]
    );
    assert_eq!(
        (plan.invested, plan.recurring),
        (Vnd(45_000_000), Vnd(20_000_000))
    );
    assert_eq!(
        (plan.risk_before.without_support, plan.risk.without_support),
        (1, 0)
    );
}

#[test]
fn what_somebody_decided_is_kept() {
    let tag = |text: &str| AssetTag::new(text).unwrap();
    let request = PlanRequest {
        years: vec![money(2027, 60_000_000, 0)],
        choices: BTreeMap::from([
            (tag("D2"), Choice::Keep),
            (tag("S1"), Choice::Only(Remedy::Upgrade)),
            (tag("D1"), Choice::Must),
        ]),
        ..PlanRequest::default()
    };
    let plan = years(&register(), &request).remove(0);
    assert!(shown(&plan).contains(&"D2 replace kept".to_owned()));
    assert!(shown(&plan).contains(&"S1 upgrade quarter 1".to_owned()));
    assert!(shown(&plan).contains(&"D1 replace quarter 1".to_owned()));
}

#[test]
fn what_is_renewed_in_one_year_is_young_in_the_next() {
    let request = PlanRequest {
        years: vec![money(2027, 15_000_000, 0), money(2028, 30_000_000, 0)],
        ..PlanRequest::default()
    };
    let plans = years(&register(), &request);
    assert!(plans[1].lines.iter().all(|line| line.tag.as_str() != "D2"));
    assert_eq!(plans[1].staff_before, plans[0].staff_after);
    assert_eq!(plans[1].staff_after.compliant, 3);
}

#[test]
fn the_price_of_the_model_goes_before_that_of_the_class_and_the_newer_before_the_older() {
    let mut register = register();
    let mut price = register.prices["d"].clone();
    let mut put = |id: &str, model: Option<&str>, from: Date| {
        price.id = PriceId::new(id).unwrap();
        price.model = model.map(ToOwned::to_owned);
        price.valid_from = tw_model::Day(from);
        register.prices.insert(price.id.clone(), price.clone());
    };
    put("newer", None, date(2026, 6, 1));
    put("later", None, date(2028, 1, 1));
    put("model", Some("M"), date(2026, 1, 1));
    let mut asset = register.assets["D1"].clone();
    let found = |asset: &Asset| {
        let price = price_of(&register, asset, Remedy::Replace, date(2027, 12, 31));
        price.unwrap().id.to_string()
    };
    assert_eq!(found(&asset), "newer");
    asset.model = Some("M".to_owned());
    assert_eq!(found(&asset), "model");
}

proptest! {
    #[test]
    fn a_plan_never_spends_more_than_its_money_and_accounts_for_every_asset(
        investment in 0_i64..1_000_000_000, recurrent in 0_i64..60_000_000,
        capacity in proptest::option::of(1_u32..4),
    ) {
        let request = PlanRequest {
            years: vec![money(2027, investment, recurrent)],
            capacity_per_quarter: capacity,
            ..PlanRequest::default()
        };
        let plan = years(&register(), &request).remove(0);
        prop_assert!(plan.invested.0 <= investment && plan.recurring.0 <= recurrent);
        let spent: i64 = plan.lines.iter().filter(|l| l.is_chosen()).map(|l| l.proposal.cost.0).sum();
        prop_assert_eq!(spent, plan.invested.0 + plan.recurring.0);
        prop_assert_eq!(plan.lines.len() + plan.unpriced.len(), 6);
        let quarter = |tag: &str| plan.lines.iter().find(|l| l.tag.as_str() == tag).and_then(|l| {
            match (l.outcome, l.proposal.remedy.heading()) {
                (LineOutcome::Chosen { quarter }, BudgetHeading::Investment) => Some(quarter),
                _ => None,
            }
        });
        prop_assert!(quarter("S1").is_none() || quarter("S1") != quarter("S2"));
        prop_assert_eq!(&plan, &years(&register(), &request).remove(0));
    }
}
