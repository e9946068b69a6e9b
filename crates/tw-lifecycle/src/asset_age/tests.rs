//! Tests of both clocks together, of parts and of waivers.
//!
//! **Room:** tests of layer 0.

use super::*;
use crate::count_ages;
use AgeVerdict::{Conflict, Over, Uncertain, Unknown, Within};
use proptest::prelude::*;
use serde_json::{Value, json};
use tw_model::{AssetStatus, Word};

fn policy(rule: &Value) -> AgePolicy {
    serde_json::from_value(json!({
        "timezone": "UTC",
        "default": {"max_age": "60mo", "basis": ["first_in_service", "accepted", "purchased",
            "received", "warranty_start", "manufactured"]},
        "classes": {"server": rule},
    }))
    .unwrap()
}

fn asset(fields: &Value) -> Asset {
    let mut value = json!({"tag": "T-1", "class": "server", "status": "deployed"});
    for (key, field) in fields.as_object().unwrap() {
        value[key] = field.clone();
    }
    serde_json::from_value(value).unwrap()
}

fn model(fields: &Value) -> Model {
    let mut value = json!({"id": "m", "manufacturer": "a", "part_number": "M", "class": "server"});
    for (key, field) in fields.as_object().unwrap() {
        value[key] = field.clone();
    }
    serde_json::from_value(value).unwrap()
}

/// An asset bought in 2020, with this model, under this rule, on this day.
fn ask(rule: &Value, model_fields: &Value, as_of: &str) -> AssetAge {
    let asset = asset(&json!({"dates": {"purchased": {"date": "2020-06-01"}}}));
    let model = model(model_fields);
    asset_age(&AssetQuestion {
        asset: &asset,
        model: Some(&model),
        policy: &policy(rule),
        waivers: &[],
        evidence: &[],
        bounds: &[],
        as_of: as_of.parse().unwrap(),
    })
}

#[track_caller]
fn check(rule: &Value, model: &Value, as_of: &str, expect: AgeVerdict) {
    let got = ask(rule, model, as_of);
    assert_eq!(got.verdict, expect, "{got:#?}");
}

#[test]
fn the_policy_names_the_clock_that_binds() {
    let ended = json!({"end_of_support": "2022-03-31"});
    let also = json!(["vendor_end_of_support"]);
    let rule = |binds: &str| json!({"max_age": "60mo", "also": also, "binds": binds});
    // Young enough, and no longer supported.
    check(&rule("age"), &ended, "2023-01-01", Within);
    check(&rule("obsolescence"), &ended, "2023-01-01", Over);
    check(&rule("either"), &ended, "2023-01-01", Over);
    // Too old, and still supported.
    let lasting = json!({"end_of_support": "2030"});
    check(&rule("age"), &lasting, "2026-01-01", Over);
    check(&rule("obsolescence"), &lasting, "2026-01-01", Within);
    check(&rule("either"), &lasting, "2026-01-01", Over);
    // Without a word in the policy it is the age.
    check(
        &json!({"max_age": "60mo", "also": also}),
        &ended,
        "2023-01-01",
        Within,
    );
}

#[test]
fn the_last_day_of_support_is_still_supported() {
    let rule =
        json!({"max_age": "60mo", "also": ["vendor_end_of_support"], "binds": "obsolescence"});
    let ends = json!({"end_of_support": "2024-06"});
    check(&rule, &ends, "2024-06-01", Within);
    check(&rule, &ends, "2024-06-02", Uncertain);
    check(&rule, &ends, "2024-06-30", Uncertain);
    check(&rule, &ends, "2024-07-01", Over);
}

#[test]
fn an_end_that_nobody_wrote_down_is_unknown_and_never_supported() {
    let also = json!(["vendor_end_of_support", "end_of_security"]);
    let rule = json!({"max_age": "60mo", "also": also, "binds": "either"});
    check(&rule, &json!({}), "2021-01-01", Unknown);
    check(
        &rule,
        &json!({"end_of_support": "2030"}),
        "2021-01-01",
        Unknown,
    );
    let both = json!({"end_of_support": "2030", "end_of_security": "2029"});
    check(&rule, &both, "2021-01-01", Within);
    // One end that is past needs no other.
    check(
        &rule,
        &json!({"end_of_support": "2020"}),
        "2021-01-01",
        Over,
    );
    // Nothing to judge by, although the second clock binds.
    check(
        &json!({"max_age": "60mo", "binds": "obsolescence"}),
        &json!({}),
        "2021-01-01",
        Unknown,
    );
}

#[test]
fn technology_ages_from_manufacture_or_else_from_the_models_release() {
    let rule = json!({"max_age": "60mo", "max_technology_age": "96mo", "binds": "obsolescence"});
    check(
        &rule,
        &json!({"released": "2017-05-01"}),
        "2025-05-01",
        Within,
    );
    check(
        &rule,
        &json!({"released": "2017-05-01"}),
        "2025-05-02",
        Over,
    );
    check(&rule, &json!({}), "2025-05-01", Unknown);
    assert!(ask(&rule, &json!({"released": "2017-05-01"}), "2021-01-01").old_stock);
    assert!(!ask(&rule, &json!({"released": "2019-09-01"}), "2021-01-01").old_stock);
}

#[test]
fn it_must_go_by_the_first_of_its_ends_and_all_are_told() {
    let rule = json!({"max_age": "60mo", "also": ["vendor_end_of_support", "end_of_security"]});
    let got = ask(
        &rule,
        &json!({"end_of_support": "2024-03-31", "end_of_security": "2023"}),
        "2021-01-01",
    );
    assert_eq!(got.ends.len(), 3);
    let shown = got.replace_by;
    assert_eq!(shown.earliest.unwrap().to_string(), "2023-01-01");
    assert_eq!(shown.latest.unwrap().to_string(), "2023-12-31");
}

#[test]
fn nothing_is_in_use_before_its_model_came_to_market() {
    let bought_too_early = json!({"released": "2021"});
    check(
        &json!({"max_age": "60mo"}),
        &bought_too_early,
        "2026-01-01",
        Conflict,
    );
    let undated = asset(&json!({}));
    let model = model(&json!({"released": "2024"}));
    let policy = policy(&json!({"max_age": "60mo"}));
    let question = AssetQuestion {
        asset: &undated,
        model: Some(&model),
        policy: &policy,
        waivers: &[],
        evidence: &[],
        bounds: &[],
        as_of: "2026-01-01".parse().unwrap(),
    };
    assert_eq!(asset_age(&question).verdict, Within);
}

#[test]
fn a_serial_number_that_contradicts_the_register_is_a_conflict() {
    let made = |dates: Value| {
        asset(&json!({"manufacturer": "Cisco", "serial": "JAE2445044T", "dates": dates}))
    };
    let today = "2026-11-22".parse().unwrap();
    let judged = |asset: &Asset| {
        let evidence: Vec<DatedFact> = serial_evidence(asset, None, today).into_iter().collect();
        assert_eq!(evidence.len(), 1);
        let policy = policy(&json!({"max_age": "60mo"}));
        asset_age(&AssetQuestion {
            asset,
            model: None,
            policy: &policy,
            waivers: &[],
            evidence: &evidence,
            bounds: &[],
            as_of: today,
        })
        .verdict
    };
    // Made in November 2020.
    assert_eq!(
        judged(&made(json!({"first_in_service": {"date": "2019-06"}}))),
        Conflict
    );
    assert_eq!(
        judged(&made(json!({"first_in_service": {"date": "2022-06"}}))),
        Within
    );
    assert_eq!(judged(&made(json!({}))), Over);
}

#[test]
fn a_battery_ages_apart_from_its_ups() {
    let rule = json!({"max_age": "120mo",
        "components": {"battery": {"max_age": "48mo", "basis": ["installed", "manufactured"]}}});
    let ups = asset(
        &json!({"dates": {"purchased": {"date": "2020"}}, "components": [
        {"name": "battery-1", "kind": "battery", "dates": {"installed": {"date": "2021-03-01"}}},
        {"name": "battery-2", "kind": "battery"},
        {"name": "fan", "kind": "fan"}]}),
    );
    let policy = policy(&rule);
    let got = asset_age(&AssetQuestion {
        asset: &ups,
        model: None,
        policy: &policy,
        waivers: &[],
        evidence: &[],
        bounds: &[],
        as_of: "2026-01-01".parse().unwrap(),
    });
    assert_eq!(got.verdict, Within);
    let parts: Vec<_> = got
        .components
        .iter()
        .map(|p| (p.name.as_str(), p.answer.verdict))
        .collect();
    assert_eq!(parts, [("battery-1", Over), ("battery-2", Unknown)]);
}

#[test]
fn a_waiver_covers_what_is_over_while_it_lasts_and_makes_nothing_young() {
    let waiver: Waiver = serde_json::from_value(json!({
        "id": "w", "assets": ["T-1"], "granted_on": "2026-01-01", "expires_on": "2026-12-31",
        "requester": "p"}))
    .unwrap();
    let old = asset(&json!({"dates": {"purchased": {"date": "2015"}}}));
    let policy = policy(&json!({"max_age": "60mo"}));
    let on = |as_of: &str, waivers: &[&Waiver]| {
        let age = asset_age(&AssetQuestion {
            asset: &old,
            model: None,
            policy: &policy,
            waivers,
            evidence: &[],
            bounds: &[],
            as_of: as_of.parse().unwrap(),
        });
        (age.verdict, age.waived)
    };
    assert_eq!(on("2025-12-31", &[&waiver]), (Over, false));
    assert_eq!(on("2026-01-01", &[&waiver]), (Over, true));
    assert_eq!(on("2026-12-31", &[&waiver]), (Over, true));
    assert_eq!(on("2027-01-01", &[&waiver]), (Over, false));
}

fn date() -> impl Strategy<Value = Value> {
    prop_oneof![
        (2008_i16..2030).prop_map(|y| json!(format!("{y}"))),
        (2008_i16..2030, 1_i8..13).prop_map(|(y, m)| json!(format!("{y}-{m:02}"))),
        (2008_i16..2030, 1_i8..13, 1_i8..29)
            .prop_map(|(y, m, d)| json!(format!("{y}-{m:02}-{d:02}"))),
    ]
}

fn any_asset() -> impl Strategy<Value = Asset> {
    let status = prop::sample::select(AssetStatus::words());
    let kind = prop::sample::select(vec![
        "first_in_service",
        "purchased",
        "received",
        "manufactured",
    ]);
    (status, proptest::collection::vec((kind, date()), 0..3)).prop_map(|(status, dates)| {
        let dates: serde_json::Map<String, Value> = dates
            .into_iter()
            .map(|(k, d)| (k.to_owned(), json!({"date": d})))
            .collect();
        asset(&json!({"status": status, "dates": dates}))
    })
}

fn any_rule() -> impl Strategy<Value = Value> {
    let binds = prop::sample::select(vec!["age", "obsolescence", "either"]);
    let also = proptest::sample::subsequence(
        vec!["end_of_sale", "vendor_end_of_support", "end_of_security"],
        0..=3,
    );
    (binds, also, 12_u16..120, any::<bool>()).prop_map(|(binds, also, months, technology)| {
        let mut rule = json!({"max_age": format!("{months}mo"), "binds": binds, "also": also});
        if technology {
            rule["max_technology_age"] = json!("96mo");
        }
        rule
    })
}

fn any_model() -> impl Strategy<Value = Model> {
    proptest::collection::vec(
        (
            prop::sample::select(vec![
                "released",
                "end_of_sale",
                "end_of_support",
                "end_of_security",
            ]),
            date(),
        ),
        0..4,
    )
    .prop_map(|fields| {
        model(&Value::Object(
            fields.into_iter().map(|(k, d)| (k.to_owned(), d)).collect(),
        ))
    })
}

fn verdict_on(asset: &Asset, model: &Model, rule: &Value, as_of: Date) -> AgeVerdict {
    asset_age(&AssetQuestion {
        asset,
        model: Some(model),
        policy: &policy(rule),
        waivers: &[],
        evidence: &[],
        bounds: &[],
        as_of,
    })
    .verdict
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn over_never_goes_back_with_time_by_any_clock(
        asset in any_asset(), model in any_model(), rule in any_rule(), a in 0_i32..9_000, b in 0_i32..9_000,
    ) {
        let day = |n: i32| jiff::civil::date(2008, 1, 1).checked_add(jiff::Span::new().days(n)).unwrap();
        let (first, then) = (
            verdict_on(&asset, &model, &rule, day(a.min(b))),
            verdict_on(&asset, &model, &rule, day(a.max(b))),
        );
        if first == Over {
            prop_assert_eq!(then, Over);
        }
        if then == Within {
            prop_assert_eq!(first, Within);
        }
    }

    #[test]
    fn buckets_sum_to_the_scope_for_any_day_and_any_rule(
        assets in proptest::collection::vec((any_asset(), any_model()), 0..25), rule in any_rule(), year in 2008_i16..2040,
    ) {
        let as_of = jiff::civil::date(year, 3, 1);
        let count = count_ages(assets.iter().map(|(asset, model)| {
            (asset.status, verdict_on(asset, model, &rule, as_of), year % 2 == 0)
        }));
        let buckets = count.within + count.over + count.waived + count.uncertain + count.unknown + count.conflict;
        prop_assert_eq!(buckets, count.in_scope);
        prop_assert_eq!(count.in_scope + count.out_of_scope, assets.len());
    }
}
