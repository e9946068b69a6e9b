//! What other asset managers get wrong in their source, one named test for each.
//!
//! **Room:** tests of layer 0.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use serde_json::{Value, json};
use tw_lifecycle::{
    AgeVerdict, AssetAge, AssetQuestion, DateRange, add_months, asset_age, count_ages,
};
use tw_model::{AgePolicy, Asset, Model};

fn policy() -> AgePolicy {
    serde_json::from_value(json!({
        "timezone": "Asia/Ho_Chi_Minh",
        "default": {"max_age": "60mo", "basis": ["first_in_service", "accepted", "purchased",
            "received", "warranty_start", "manufactured"]},
        "classes": {"server": {"max_age": "60mo", "binds": "either",
            "also": ["vendor_end_of_support", "end_of_security"]}},
    }))
    .unwrap()
}

fn asset(class: &str, dates: &Value) -> Asset {
    let dates: serde_json::Map<String, Value> = dates
        .as_object()
        .unwrap()
        .iter()
        .map(|(kind, date)| (kind.clone(), json!({"date": date})))
        .collect();
    serde_json::from_value(
        json!({"tag": "T-1", "class": class, "status": "deployed", "dates": dates}),
    )
    .unwrap()
}

fn judged(asset: &Asset, model: Option<&Model>, as_of: &str) -> AssetAge {
    asset_age(&AssetQuestion {
        asset,
        model,
        policy: &policy(),
        waivers: &[],
        evidence: &[],
        bounds: &[],
        as_of: as_of.parse().unwrap(),
    })
}

/// Nautobot's lifecycle app stores devices without a notice as supported, and never expires what
/// has no date.
#[test]
fn a_device_without_a_notice_is_not_supported_and_not_quietly_valid() {
    let server = asset("server", &json!({"purchased": "2025-01-01"}));
    let silent: Model = serde_json::from_value(
        json!({"id": "m", "manufacturer": "a", "part_number": "M", "class": "server"}),
    )
    .unwrap();
    for model in [None, Some(&silent)] {
        let got = judged(&server, model, "2026-01-01");
        assert_eq!(got.answer.verdict, AgeVerdict::Within);
        let second = got.obsolescence.unwrap();
        assert_eq!(second.verdict, AgeVerdict::Unknown);
        assert!(second.ends.iter().all(|end| end.when.is_none()));
        assert_eq!(got.verdict, AgeVerdict::Unknown, "not within by silence");
    }
}

/// Snipe-IT drops what has no purchase date from its end-of-life lists, and prints no end of life
/// for it even when one was typed in.
#[test]
fn an_asset_without_a_purchase_date_stays_in_the_count_and_keeps_its_vendors_end() {
    let server = asset("server", &json!({}));
    let model: Model = serde_json::from_value(json!({"id": "m", "manufacturer": "a",
        "part_number": "M", "class": "server", "end_of_support": "2024-06-30"}))
    .unwrap();
    let got = judged(&server, Some(&model), "2026-01-01");
    assert_eq!(got.verdict, AgeVerdict::Over, "its support ended");
    assert_eq!(got.replace_by.latest.unwrap().to_string(), "2024-06-30");
    let undated = judged(&asset("desktop", &json!({})), None, "2026-01-01");
    let count = count_ages([(server.status, undated.verdict, false)]);
    assert_eq!((count.in_scope, count.unknown), (1, 1));
}

/// Snipe-IT stores the end of life: a purchase date that is corrected later keeps the old one,
/// and the asset no longer follows its model.
#[test]
fn a_corrected_purchase_date_moves_the_end_because_no_end_is_stored() {
    let mut desktop = asset("desktop", &json!({"purchased": "2024-01-01"}));
    let before = judged(&desktop, None, "2026-01-01");
    desktop = asset("desktop", &json!({"purchased": "2019-01-01"}));
    let after = judged(&desktop, None, "2026-01-01");
    assert_eq!(
        (before.verdict, after.verdict),
        (AgeVerdict::Within, AgeVerdict::Over)
    );
    assert_eq!(after.answer.due.latest.unwrap().to_string(), "2024-01-01");
    // And the policy of today counts, not that of the day of saving.
    let mut longer = policy();
    longer.default.max_age = "120mo".parse().unwrap();
    let got = asset_age(&AssetQuestion {
        asset: &desktop,
        model: None,
        policy: &longer,
        waivers: &[],
        evidence: &[],
        bounds: &[],
        as_of: "2026-01-01".parse().unwrap(),
    });
    assert_eq!(got.verdict, AgeVerdict::Within);
}

/// Ralph takes a missing invoice date for fully depreciated, and fails whenever the end date that
/// it misspells is set.
#[test]
fn a_missing_invoice_date_is_unknown_and_never_the_end() {
    let desktop = asset("desktop", &json!({"warranty_end": "2023-01-01"}));
    let got = judged(&desktop, None, "2026-01-01");
    assert_eq!(got.verdict, AgeVerdict::Unknown);
    assert_eq!(got.answer.due, DateRange::default());
}

/// openDCIM counts by the day of manufacture alone and lists by it or the day of installation, so
/// the total is not the length of the list.
#[test]
fn the_count_is_the_length_of_the_list() {
    let assets = [
        asset("desktop", &json!({"manufactured": "2018-01-01"})),
        asset("desktop", &json!({"first_in_service": "2018-01-01"})),
        asset(
            "desktop",
            &json!({"first_in_service": "2018-01-01", "manufactured": "2017"}),
        ),
        asset("desktop", &json!({"purchased": "2025-01-01"})),
    ];
    let judged: Vec<AssetAge> = assets
        .iter()
        .map(|a| judged(a, None, "2026-01-01"))
        .collect();
    let listed = judged
        .iter()
        .filter(|age| age.verdict == AgeVerdict::Over)
        .count();
    let counted = assets
        .iter()
        .zip(&judged)
        .map(|(a, age)| (a.status, age.verdict, false));
    assert_eq!((count_ages(counted).over, listed), (3, 3));
}

/// openDCIM divides days by 365: leap days make five years pass before the anniversary.
#[test]
fn five_years_are_not_1825_days() {
    for (bought, anniversary) in [("2020-06-15", "2025-06-15"), ("2019-06-15", "2024-06-15")] {
        let desktop = asset("desktop", &json!({"purchased": bought}));
        assert_eq!(
            judged(&desktop, None, anniversary).verdict,
            AgeVerdict::Within
        );
    }
}

/// openDCIM must store a day of manufacture and writes 1970-01-01 when it knows none.
#[test]
fn the_first_of_january_1970_is_no_day_of_manufacture() {
    let desktop = asset("desktop", &json!({"manufactured": "1970-01-01"}));
    assert_eq!(
        judged(&desktop, None, "2026-01-01").verdict,
        AgeVerdict::Unknown
    );
}

/// Snipe-IT adds months in PHP when an asset is saved and in SQL when its model is: 29 February
/// gets two answers.
#[test]
fn the_29th_of_february_has_one_answer() {
    let leap = "2020-02-29".parse().unwrap();
    assert_eq!(add_months(leap, 60).to_string(), "2025-02-28");
    let desktop = asset("desktop", &json!({"purchased": "2020-02-29"}));
    let got = judged(&desktop, None, "2025-02-28");
    assert_eq!(got.verdict, AgeVerdict::Within);
    assert_eq!(got.answer.due.latest.unwrap().to_string(), "2025-02-28");
    assert_eq!(
        judged(&desktop, None, "2025-03-01").verdict,
        AgeVerdict::Over
    );
}
