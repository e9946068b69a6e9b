//! A month closed, filled and closed again; its report in every form.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, MINUTE_MS, a_round, layout};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use tw_availability::report::{Report, verify};
use tw_ingest::Record;
use tw_store::GrantScope;
use tw_units::Timestamp;

const DAY_MINUTES: i64 = 1_440;

/// Rounds of both witnesses each minute of `[from, to)` after `start`.
fn rounds(start: Timestamp, (from, to): (i64, i64), up: i128) -> Vec<Record> {
    let mut records = Vec::new();
    for device in ["mic-r1", "mic-s1"] {
        records.push(Record::Layout(layout(device)));
        for minute in from..to {
            let at = start.plus_millis(minute * MINUTE_MS);
            let values = [Some(up), Some(100 * i128::from(minute)), Some(1), Some(1)];
            records.push(a_round(device, at, values));
        }
    }
    records
}

/// A bench at the end of November with two hours of readings, of which twenty minutes lack.
async fn with_a_hole() -> (Bench, Timestamp, String) {
    let mut bench = Bench::new().await;
    let start = bench.now();
    bench.later(130 * MINUTE_MS);
    bench.deliver("col-mic", rounds(start, (0, 40), 1)).await;
    bench.deliver("col-mic", rounds(start, (60, 120), 1)).await;
    let token = bench.token("operator", GrantScope::All).await;
    (bench, start, token)
}

#[expect(clippy::unnecessary_wraps, reason = "a body, as the bench takes it")]
fn close(reason: &str, version: u32, declare_lost: bool) -> Option<Value> {
    Some(json!({"reason": reason, "version": version, "declare_lost": declare_lost}))
}

const MONTH: &str = "/api/v1/sites/mic/months/2026-11";

async fn file(bench: &Bench, token: &str, rev: u32) -> Vec<u8> {
    let path = format!("{MONTH}/report.json?rev={rev}");
    let answer = bench.get(token, &path).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.text.into_bytes()
}

#[tokio::test]
async fn a_closed_month_that_is_filled_later_gets_a_second_revision_with_the_difference() {
    let (mut bench, start, token) = with_a_hole().await;
    let path = format!("{MONTH}/close");
    let call = |body| bench.call(&token, Method::POST, &path, body);
    assert_eq!(call(close("too early", 0, true)).await.code(), "month_runs");
    bench.later(9 * DAY_MINUTES * MINUTE_MS);
    let call = |body| bench.call(&token, Method::POST, &path, body);
    let waiting = call(close("month end", 0, false)).await;
    assert_eq!(waiting.code(), "month_not_ready");
    assert_eq!(waiting.json()["params"]["waiting_for"], json!(["col-mic"]));
    assert_eq!(call(close(" ", 0, true)).await.code(), "bad_field");
    let first = call(close("the collector was stolen", 0, true)).await.ok();
    assert_eq!(first["summary"]["status"], "final");
    assert_eq!(first["summary"]["rev"], 1);
    let reason = &first["report"]["attached"]["override_reason"];
    assert_eq!(reason, "the collector was stolen");
    assert_eq!(
        call(close("again", 1, true)).await.code(),
        "month_unchanged"
    );
    assert_eq!(call(close("again", 0, true)).await.code(), "stale_version");

    bench.deliver("col-mic", rounds(start, (40, 43), 1)).await;
    bench.deliver("col-mic", rounds(start, (43, 48), 0)).await;
    bench.deliver("col-mic", rounds(start, (48, 60), 1)).await;
    assert_eq!(bench.app.close_months().await, Ok(1));
    assert_eq!(
        bench.app.close_months().await,
        Ok(0),
        "and then there is nothing to do"
    );
    let second = bench.get(&token, MONTH).await.ok();
    assert_eq!(second["summary"]["rev"], 2);
    assert_eq!(second["summary"]["outages"], 1);
    assert_eq!(
        second["summary"]["downtime_seconds"],
        json!({"lower": 240.0, "point": 300.0, "upper": 360.0})
    );
    let difference = second["report"]["difference"].as_array().unwrap();
    let down = difference
        .iter()
        .find(|c| c["field"] == "result.downtime_ms.1")
        .unwrap();
    assert_eq!(
        (&down["before"], &down["after"]),
        (&json!(0), &json!(300_000))
    );
    assert_eq!(second["revisions"].as_array().unwrap().len(), 2);

    let (one, two) = (file(&bench, &token, 1).await, file(&bench, &token, 2).await);
    let earlier: Report = serde_json::from_slice(&one).unwrap();
    assert_eq!(earlier.sha256, first["summary"]["sha256"]);
    assert_eq!(verify(&one, &[]).1, []);
    assert_eq!(verify(&two, &[earlier]).1, []);
}

#[tokio::test]
async fn a_correction_stands_in_the_next_revision_with_its_author() {
    let (bench, start, token) = with_a_hole().await;
    bench.later(9 * DAY_MINUTES * MINUTE_MS);
    let path = format!("{MONTH}/close");
    let body = close("month end", 0, true);
    bench.call(&token, Method::POST, &path, body).await.ok();
    let correction = |subject: &str, minutes: i64| {
        Some(
            json!({"subject": subject, "state": "down", "reason": "the breaker's log",
            "from": start.plus_millis(10 * MINUTE_MS),
            "to": start.plus_millis((10 + minutes) * MINUTE_MS)}),
        )
    };
    let path = "/api/v1/sites/mic/corrections";
    let add = |body| bench.call(&token, Method::POST, path, body);
    for (subject, minutes, field) in [("nobody", 4, "subject"), ("mic-r1", -4, "to")] {
        let refused = add(correction(subject, minutes)).await;
        assert_eq!(refused.json()["params"]["field"], field, "{}", refused.text);
    }
    for subject in ["mic-r1", "mic-s1"] {
        let made = add(correction(subject, 4)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    }
    assert_eq!(bench.app.close_months().await, Ok(1));
    let found = bench.get(&token, MONTH).await.ok();
    assert_eq!(found["summary"]["downtime_seconds"]["lower"], 240.0);
    let kept = &found["report"]["evidence"]["corrections"][0];
    assert_eq!(kept["reason"], "the breaker's log");
    assert!(kept["author"].as_str().unwrap().starts_with("token:"));
    assert_eq!(verify(&file(&bench, &token, 2).await, &[]).1, []);
}

#[tokio::test]
async fn months_without_data_are_unknown_and_the_tables_say_so() {
    let (bench, _, token) = with_a_hole().await;
    let path = "/api/v1/sites/mic/months?until=2018-12&count=12";
    let old = bench.get(&token, path).await.ok();
    let items = old["items"].as_array().unwrap();
    assert_eq!(items.len(), 12);
    assert!(items.iter().all(|m| m["coverage_percent"] == "0.000000"));
    assert!(items.iter().all(|m| m["verdict"] != "met"));
    assert_eq!(
        items[0]["budget_seconds"],
        Value::Null,
        "no target before July 2018"
    );
    assert_eq!(items[0]["verdict"], "no_target");
    assert_eq!(items[6]["verdict"], "indeterminate");
    let bad = bench
        .get(&token, "/api/v1/sites/mic/months?until=2018-13")
        .await;
    assert_eq!(bad.code(), "bad_month");
    let csv = bench
        .get(&token, "/api/v1/reports/availability.csv?count=1")
        .await;
    assert!(
        csv.text
            .contains("mic,2026-11,open,0,indeterminate,III,466.56"),
        "{}",
        csv.text
    );
}

#[tokio::test]
async fn the_report_comes_as_a_page_in_both_languages() {
    let (bench, _, token) = with_a_hole().await;
    for (lang, word) in [("en", "What this is not"), ("vi", "Cách kiểm tra")] {
        let path = format!("{MONTH}/report.html?lang={lang}");
        let page = bench.get(&token, &path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains(word), "{}", page.text);
        assert!(page.text.contains(&format!("<html lang=\"{lang}\">")));
    }
    let bad = bench
        .get(&token, &format!("{MONTH}/report.html?lang=fr"))
        .await;
    assert_eq!(bad.code(), "bad_parameter");
}

async fn listed(bench: &Bench, token: &str) -> Value {
    let path = "/api/v1/sites/mic/months?until=2026-11&count=1";
    bench.get(token, path).await.ok()["items"][0].clone()
}

#[tokio::test]
async fn kept_figures_give_way_to_late_readings_corrections_and_revisions() {
    let (mut bench, start, token) = with_a_hole().await;
    bench.later(9 * DAY_MINUTES * MINUTE_MS);
    let with_hole = listed(&bench, &token).await;
    assert_eq!(with_hole["status"], "provisional");
    assert_eq!(listed(&bench, &token).await, with_hole, "kept");
    bench.deliver("col-mic", rounds(start, (40, 60), 1)).await;
    let filled = listed(&bench, &token).await;
    let unknown = |month: &Value| month["unknown_seconds"].as_f64().unwrap();
    assert!(unknown(&filled) < unknown(&with_hole), "late readings");
    for subject in ["mic-r1", "mic-s1"] {
        let body = json!({"subject": subject, "state": "down", "reason": "the breaker's log",
            "from": start.plus_millis(10 * MINUTE_MS), "to": start.plus_millis(14 * MINUTE_MS)});
        let path = "/api/v1/sites/mic/corrections";
        let made = bench.call(&token, Method::POST, path, Some(body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    }
    let corrected = listed(&bench, &token).await;
    assert_eq!(corrected["downtime_seconds"]["point"], 240.0);
    let path = format!("{MONTH}/close");
    let body = close("month end", 0, true);
    bench.call(&token, Method::POST, &path, body).await.ok();
    let closed = listed(&bench, &token).await;
    assert_eq!(
        (&closed["status"], &closed["rev"]),
        (&json!("final"), &json!(1))
    );
    bench.deliver("col-mic", rounds(start, (120, 128), 1)).await;
    assert_eq!(
        listed(&bench, &token).await,
        closed,
        "a closed month is its revision"
    );
    assert_eq!(bench.app.close_months().await, Ok(1));
    assert_eq!(listed(&bench, &token).await["rev"], 2);
}

#[tokio::test]
async fn the_page_of_all_sites_is_one_answer_that_says_what_the_single_ones_say() {
    let (bench, _, token) = with_a_hole().await;
    let page = "/api/v1/reports/availability?until=2026-11&count=2";
    let found = bench.get(&token, page).await.ok();
    let sites = found["items"].as_array().unwrap();
    assert!(sites.len() > 1, "{found}");
    for site in sites {
        let id = site["site"].as_str().unwrap();
        let months = format!("/api/v1/sites/{id}/months?until=2026-11&count=2");
        let months = bench.get(&token, &months).await.ok();
        assert_eq!(site["months"], months["items"], "{id}");
        let spec = bench.get(&token, &format!("/api/v1/sites/{id}")).await.ok();
        assert_eq!(site["tier_targets"], spec["spec"]["tier_targets"], "{id}");
        for (period, days) in site["rolling"].as_array().unwrap().iter().zip([30, 365]) {
            assert_eq!(period["days"], days);
            let span = |end: &str| period[end].as_str().unwrap().to_owned();
            let window = format!(
                "/api/v1/sites/{id}/availability?from={}&to={}",
                span("from"),
                span("to")
            );
            let window = bench.get(&token, &window).await.ok();
            for field in ["verdict", "availability_percent", "coverage_percent"] {
                assert_eq!(period[field], window[field], "{id} {field}");
            }
        }
    }
    let scope = GrantScope::Site("mic".to_owned());
    let of_mic = bench.token("viewer", scope).await;
    let own = bench.get(&of_mic, page).await.ok();
    let own: Vec<&Value> = own["items"].as_array().unwrap().iter().collect();
    assert_eq!((own.len(), &own[0]["site"]), (1, &json!("mic")));
    let bad = bench
        .get(&token, "/api/v1/reports/availability?until=2026-13")
        .await;
    assert_eq!(bad.code(), "bad_month");
}

#[tokio::test]
async fn the_job_waits_for_a_history_and_then_closes_the_month_that_ended_meanwhile() {
    let (mut bench, start, token) = with_a_hole().await;
    let held = bench.app.hold_months();
    let cancel = tokio_util::sync::CancellationToken::new();
    let mut jobs = bench.app.spawn_jobs(&cancel).unwrap();
    // Over, and its grace with it.
    bench.later(14 * DAY_MINUTES * MINUTE_MS);
    let after = 13 * DAY_MINUTES;
    bench
        .deliver("col-mic", rounds(start, (after, after + 2), 1))
        .await;
    assert_eq!(bench.app.close_months().await, Ok(0), "half of it may lack");
    assert_eq!(listed(&bench, &token).await["status"], "provisional");
    bench.deliver("col-mic", rounds(start, (40, 60), 1)).await;
    drop(held);
    let closed = async { while listed(&bench, &token).await["status"] != "final" {} };
    let deadline = std::time::Duration::from_secs(120);
    let closed = tokio::time::timeout(deadline, closed).await;
    assert!(closed.is_ok(), "the job closes it");
    let month = listed(&bench, &token).await;
    assert_eq!(
        (&month["rev"], &month["closed_by"]),
        (&json!(1), &json!("job:months"))
    );
    cancel.cancel();
    while jobs.join_next().await.is_some() {}
}
