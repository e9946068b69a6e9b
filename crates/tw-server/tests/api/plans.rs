//! Plans, contracts, units and the yearly return over the model case of `inventory/`.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::Bench;
use axum::http::{Method, StatusCode};
use calamine::Reader as _;
use serde_json::{Value, json};
use std::path::Path;
use tw_model::{Absent, Register};
use tw_store::{Author, GrantScope};

/// A server with the model case, and tokens of two asset managers.
pub(crate) async fn model_case() -> (Bench, String, String) {
    let bench = Bench::new().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory");
    let wanted = tw_config::load(Path::new(folder)).unwrap().register;
    let store = bench.app.store();
    let present = store.load_register().await.unwrap().register;
    let plan = tw_model::plan(&wanted, &present, Absent::Delete);
    store
        .apply_plan(plan, None, &Author::local("test"))
        .await
        .unwrap();
    bench.app.reload_register().await.unwrap();
    assert_ne!(wanted, Register::default());
    let first = bench.token("asset_manager", GrantScope::All).await;
    let second = bench.token("asset_manager", GrantScope::All).await;
    (bench, first, second)
}

async fn get(bench: &Bench, token: &str, path: &str) -> Value {
    bench.get(token, path).await.ok()
}

fn number(value: &Value, pointer: &str) -> u64 {
    let found = value.pointer(pointer).and_then(Value::as_u64);
    found.unwrap_or_else(|| panic!("{pointer} in {value}"))
}

/// Acceptance 10.
#[tokio::test]
async fn the_model_case_says_who_is_compliant_and_what_six_billion_do_not_buy() {
    let (bench, token, _) = model_case().await;
    let ages = get(&bench, &token, "/api/v1/reports/age").await;
    assert_eq!(number(&ages, "/people/roster"), 1_100);
    let compliant = number(&ages, "/people/compliant");
    let list = "/api/v1/reports/staff?verdict=compliant&limit=1000";
    let list = get(&bench, &token, list).await;
    assert_eq!(
        number(&list, "/total"),
        compliant,
        "the list behind the figure"
    );
    assert!(compliant > 0 && compliant < 1_100);
    for row in list["items"].as_array().unwrap() {
        let computers = row["computers"].as_array().unwrap();
        assert!(
            computers
                .iter()
                .any(|computer| computer["verdict"] == "within"),
            "{row}"
        );
    }

    let path = "/api/v1/reports/plan?first_year=2027&budget_vnd=6000000000";
    let plan = get(&bench, &token, path).await;
    let year = &plan["years"][0];
    assert_eq!(number(year, "/investment_vnd"), 6_000_000_000);
    assert!(number(year, "/invested_vnd") <= 6_000_000_000);
    assert!(number(year, "/cut") > 0 && number(year, "/cut_vnd") > 0);
    let lines = year["lines"].as_array().unwrap();
    for line in lines.iter().filter(|line| line["outcome"] == "cut") {
        assert!(
            line["cut_reason"].is_string() && line["proposal"]["cost_vnd"].is_u64(),
            "{line}"
        );
        assert!(!line["reasons"].as_array().unwrap().is_empty(), "{line}");
    }
    each_line_says_what_its_failure_does(lines);
    let spent: u64 = lines
        .iter()
        .filter(|line| line["outcome"] == "chosen" && line["heading"] == "investment")
        .map(|line| number(line, "/proposal/cost_vnd"))
        .sum();
    assert_eq!(spent, number(year, "/invested_vnd"));
    let reached = number(year, "/staff_after/compliant");
    assert!(reached > number(year, "/staff_before/compliant"));
    assert!(number(year, "/risk_after/over") < number(year, "/risk_before/over"));
    assert!(
        !year["unpriced"].as_array().unwrap().is_empty(),
        "what has no price is told"
    );
    assert_eq!(
        plan,
        get(&bench, &token, path).await,
        "the same input gives the same plan"
    );

    let richer = "/api/v1/reports/plan?first_year=2027&budget_vnd=60000000000";
    let richer = get(&bench, &token, richer).await;
    assert!(number(&richer, "/years/0/staff_after/compliant") >= reached);
    let cut = lines.iter().find(|line| line["outcome"] == "cut").unwrap();
    let why = format!(
        "/api/v1/reports/plan/why?first_year=2027&budget_vnd=6000000000&asset={}",
        cut["asset"].as_str().unwrap()
    );
    let why = get(&bench, &token, &why).await;
    assert_eq!(why["outcome"], "cut");
    let told = why["impossible"].is_string() || !why["displaced"].as_array().unwrap().is_empty();
    assert!(told || why["benefit_lost"].is_number(), "{why}");
}

/// By the chain, by hand, or not known; who hangs on it is named.
fn each_line_says_what_its_failure_does(lines: &[Value]) {
    let mut sources = std::collections::BTreeSet::new();
    for line in lines {
        let impact = &line["impact"];
        let source = impact["source"].as_str().unwrap();
        sources.insert(source);
        assert_eq!(impact["percent"].is_null(), source == "none", "{line}");
        if source == "graph" {
            assert_eq!(impact["percent"], impact["graph_percent"], "{line}");
        }
        if impact["graph_percent"] == 100 {
            let loads = impact["only_path_for"].as_array().unwrap();
            assert!(loads.iter().all(|load| load["vi"].is_string()), "{line}");
            assert!(!loads.is_empty(), "{line}");
        }
    }
    assert!(
        sources.contains("hand") && sources.contains("none"),
        "{sources:?}"
    );
}

#[tokio::test]
async fn a_plan_is_kept_frozen_approved_by_another_and_followed() {
    let (bench, an, binh) = model_case().await;
    let spec = json!({"name": "Kế hoạch 2027", "capacity_per_quarter": 200, "envelopes":
        [{"year": 2027, "investment_vnd": 6_000_000_000_i64, "recurrent_vnd": 300_000_000}]});
    let post = |token: &str, path: &str, body: Value| {
        let (token, path) = (token.to_owned(), path.to_owned());
        let bench = &bench;
        async move { bench.call(&token, Method::POST, &path, Some(body)).await }
    };
    let made = post(&an, "/api/v1/plans", json!({"id": "p27", "spec": spec})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let again = post(&an, "/api/v1/plans", json!({"id": "p27", "spec": spec})).await;
    assert_eq!(again.code(), "exists");
    let line = made.json()["result"]["years"][0]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["outcome"] == "chosen")
        .unwrap()["asset"]
        .clone();
    let track = |version: u64| {
        json!({"version": version, "year": 2027, "asset": line, "ordered_on": "2027-02-01",
            "document": "HD-9"})
    };
    let early = post(&an, "/api/v1/plans/p27/track", track(1)).await;
    assert_eq!(early.code(), "wrong_state");
    post(&an, "/api/v1/plans/p27/freeze", json!({"version": 1}))
        .await
        .ok();
    let edit = json!({"spec": spec, "version": 2});
    let edit = bench
        .call(&an, Method::PUT, "/api/v1/plans/p27", Some(edit))
        .await;
    assert_eq!(edit.code(), "wrong_state", "a frozen plan does not change");
    let approve = json!({"version": 2, "document": "QĐ-12"});
    let own = post(&an, "/api/v1/plans/p27/approve", approve.clone()).await;
    assert_eq!(own.code(), "second_person");
    post(&binh, "/api/v1/plans/p27/approve", approve).await.ok();
    let tracked = post(&an, "/api/v1/plans/p27/track", track(3)).await.ok();
    assert_eq!(tracked["status"]["state"], "approved");
    assert_eq!(tracked["status"]["progress"][0]["ordered_on"], "2027-02-01");
    let strange = json!({"version": 4, "year": 2027, "asset": "TW-000001x"});
    let strange = post(&an, "/api/v1/plans/p27/track", strange).await;
    assert_eq!(strange.code(), "bad_field");
    let plans = get(&bench, &an, "/api/v1/plans").await;
    assert_eq!(plans["items"][0]["state"], "approved");
    let auditor = bench.token("auditor", GrantScope::All).await;
    for lang in ["en", "vi"] {
        let path = format!("/api/v1/plans/p27?format=xlsx&lang={lang}");
        let (_, bytes) = bench.bytes(&auditor, &path).await;
        let mut book: calamine::Xlsx<_> = calamine::Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        for (sheet, cells) in book.worksheets() {
            assert!(cells.height() > 1, "{sheet} is empty");
            for (_, _, cell) in cells.used_cells() {
                let text = cell.to_string();
                let key = text.split([' ', ',']).any(|word| word.contains('_'));
                assert!(!key, "{lang}: {text} is a word of the API");
            }
        }
    }
}

#[tokio::test]
async fn contracts_that_end_and_critical_assets_without_cover_are_told() {
    let (bench, token, _) = model_case().await;
    let path = "/api/v1/reports/contracts?as_of=2026-11-22&days=60";
    let report = get(&bench, &token, path).await;
    let ending = report["ending"].as_array().unwrap();
    assert!(!ending.is_empty());
    for contract in ending {
        let left = contract["status"]["days_left"].as_i64().unwrap();
        assert!((0..=60).contains(&left), "{contract}");
    }
    let part = |name: &str| number(&report, &format!("/critical/{name}"));
    let parts = ["by_contract", "by_warranty", "uncertain", "uncovered"].map(part);
    assert_eq!(parts.iter().sum::<u64>(), part("assets"));
    assert_eq!(
        report["uncovered"].as_array().unwrap().len() as u64,
        part("uncertain") + part("uncovered")
    );
    let batteries = report["parts"].as_array().unwrap();
    assert!(batteries.iter().all(|p| p["class"] == "ups"));
    for verdict in ["within", "over", "unknown"] {
        let some = batteries.iter().any(|p| p["verdict"] == verdict);
        assert!(some, "a battery {verdict} of {batteries:?}");
    }
    let apart = |p: &Value| p["verdict"] != p["asset_verdict"];
    assert!(
        batteries.iter().any(apart),
        "its age is not that of its UPS"
    );

    let spec = json!({"kind": "support", "name": {"en": "New"}, "supplier": "S",
        "start": "2026-12-01", "assets": ["TW-000001"]});
    let put = |version: u64, spec: Value| {
        let body = json!({"spec": spec, "version": version});
        let (bench, token) = (&bench, &token);
        async move {
            let path = "/api/v1/contracts/HD-NEW";
            bench.call(token, Method::PUT, path, Some(body)).await
        }
    };
    let made = put(0, spec.clone()).await.ok();
    assert_eq!(made["status"]["state"], "coming");
    let mut wrong = spec.clone();
    wrong["end"] = json!("2026-01-01");
    assert_eq!(put(1, wrong).await.code(), "bad_field");
    assert_eq!(put(0, spec).await.code(), "exists");
    let viewer = bench
        .token("viewer", GrantScope::Site("rfd".to_owned()))
        .await;
    let seen = bench.get(&viewer, "/api/v1/contracts?limit=1000").await;
    assert!(
        !seen.text.contains("HD-NEW"),
        "its asset stands at another site"
    );
    assert!(
        number(&seen.ok(), "/total") > 0,
        "its own site has contracts"
    );
}

/// Where no PDU is read, the models of what is mounted say what is used; where one of them does
/// not, what is used is unknown and how many is told.
async fn runways_by_models(bench: &Bench, token: &str) {
    for site in ["vnta", "mic", "rfd"] {
        let measures = format!("/api/v1/sites/{site}/facility/measures");
        let measures = get(bench, token, &measures).await;
        let runways = measures["runways"].as_array().unwrap().iter();
        for runway in runways.filter(|one| one["constraint"] == "power") {
            assert_eq!(runway["basis"], "models", "{runway}");
            let sum = &runway["by_models"];
            assert!(sum["watts"].as_f64().unwrap() > 0.0, "{runway}");
            if sum["unknown"] == 0 {
                assert_eq!(runway["used"], sum["watts"], "{runway}");
            } else {
                assert_eq!(runway["used"], Value::Null, "{runway}");
            }
        }
    }
}

#[tokio::test]
async fn what_units_hold_and_share_sums_to_the_whole() {
    let (bench, token, _) = model_case().await;
    let report = get(&bench, &token, "/api/v1/reports/units").await;
    let units = report["units"].as_array().unwrap();
    let sum = |field: &str| -> u64 { units.iter().map(|unit| number(unit, field)).sum() };
    let ages = get(&bench, &token, "/api/v1/reports/age").await;
    let shared = number(&report, "/shared/assets");
    assert_eq!(sum("/assets") + shared, number(&ages, "/total/in_scope"));
    assert_eq!(sum("/people/roster"), 1_100);
    assert_eq!(sum("/people/compliant"), number(&ages, "/people/compliant"));
    assert_eq!(
        sum("/shared_yearly_vnd"),
        number(&report, "/shared/yearly_vnd")
    );
    // Makers' figures, estimates from nameplates, and what is not known: each is told.
    let draws = [number(&report, "/shared/power/watts"), sum("/power/watts")];
    let estimated = [
        number(&report, "/shared/power/estimated_watts"),
        sum("/power/estimated_watts"),
    ];
    for (all, estimated) in draws.into_iter().zip(estimated) {
        assert!(0 < estimated && estimated < all, "{estimated} of {all}");
    }
    assert!(sum("/power/unknown") > 0);
    let at_sites = report["shared"]["capacity"].as_array().unwrap().iter();
    let at_sites = at_sites.filter(|one| one["what"] == "power");
    assert_eq!(
        at_sites.map(|one| number(one, "/used")).sum::<u64>(),
        draws[0]
    );
    for use_of in report["shared"]["capacity"].as_array().unwrap() {
        assert!(
            number(use_of, "/used") <= number(use_of, "/total"),
            "{use_of}"
        );
    }
    runways_by_models(&bench, &token).await;
    let forecast = get(&bench, &token, "/api/v1/reports/forecast?quarters=8").await;
    let row_sum = |row: &Value| -> u64 {
        let parts = ["backlog", "beyond", "uncertain", "unknown"];
        let parts = parts.map(|part| number(row, &format!("/{part}/assets")));
        let quarters = row["quarters"].as_array().unwrap().iter();
        parts.iter().sum::<u64>() + quarters.map(|q| number(q, "/assets")).sum::<u64>()
    };
    let whole = row_sum(&forecast["total"]);
    assert_eq!(whole, number(&ages, "/total/in_scope"));
    for group in ["by_site", "by_unit", "by_class"] {
        let rows = forecast[group].as_array().unwrap();
        assert_eq!(rows.iter().map(row_sum).sum::<u64>(), whole, "{group}");
    }
}

#[tokio::test]
async fn the_forecast_by_budget_year_sums_to_the_whole_and_reports_are_files_in_both_languages() {
    let (bench, token, _) = model_case().await;
    let forecast = get(&bench, &token, "/api/v1/reports/forecast?quarters=4").await;
    let five = &forecast["five_years"];
    let years = five["years"].as_array().unwrap();
    let assets = |sum: &Value| number(sum, "/assets");
    let in_years: u64 = years.iter().map(|year| assets(&year["due"])).sum();
    let others = [
        &five["beyond"],
        &five["uncertain"],
        &forecast["total"]["backlog"],
    ];
    let others: u64 = others.map(assets).iter().sum();
    let ages = get(&bench, &token, "/api/v1/reports/age").await;
    let unknown = assets(&forecast["total"]["unknown"]);
    assert_eq!(
        in_years + others + unknown,
        number(&ages, "/total/in_scope")
    );
    let named: Vec<u64> = years.iter().map(|year| number(year, "/year")).collect();
    assert_eq!(named, [2026, 2027, 2028, 2029, 2030]);
    assert_eq!(number(&years[1], "/investment_envelope_vnd"), 6_000_000_000);
    assert!(number(&years[0], "/contracts_vnd") > number(&years[4], "/contracts_vnd"));
    assert!(number(&forecast["total"]["backlog"], "/freed_rack_u") > 0);
    let part = get(&bench, &token, "/api/v1/reports/forecast?site=mic").await;
    let part = &part["five_years"]["years"][1];
    assert!(part["contracts_vnd"].is_null() && part["investment_envelope_vnd"].is_null());

    let contracts = number(&get(&bench, &token, "/api/v1/contracts").await, "/total");
    let units = get(&bench, &token, "/api/v1/reports/units").await;
    let units = units["units"].as_array().unwrap().len() as u64;
    for (path, lines) in [
        ("/api/v1/contracts", contracts),
        ("/api/v1/reports/units", units),
    ] {
        for lang in ["en", "vi"] {
            let csv = bench
                .get(&token, &format!("{path}?format=csv&lang={lang}"))
                .await;
            assert_eq!(csv.text.lines().count() as u64, lines + 1, "{path} {lang}");
        }
    }
    for path in [
        "/api/v1/contracts",
        "/api/v1/reports/units",
        "/api/v1/reports/contracts",
        "/api/v1/reports/forecast",
    ] {
        let (media, bytes) = bench
            .bytes(&token, &format!("{path}?format=xlsx&lang=vi"))
            .await;
        assert!(
            media.contains("spreadsheetml") && bytes.starts_with(b"PK"),
            "{path}"
        );
        let wrong = bench.get(&token, &format!("{path}?format=docx")).await;
        assert_eq!(wrong.code(), "bad_parameter", "{path}");
    }
    let vi = bench
        .get(&token, "/api/v1/reports/forecast?format=csv&lang=vi")
        .await;
    assert!(vi.text.contains("đã quá hạn") && vi.text.contains("2027-Q1"));
}
