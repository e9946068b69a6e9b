//! Wrong input about availability: a clear error with the field, and nothing stored.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use tw_store::GrantScope;
use tw_units::{Interval, Timestamp};

const HOUR_MS: i64 = 3_600_000;

async fn post(bench: &Bench, token: &str, path: &str, body: Value) -> Answer {
    bench.call(token, Method::POST, path, Some(body)).await
}

/// All that these requests could have left behind.
async fn stored(bench: &Bench) -> Value {
    let whole = Interval {
        from: Timestamp::EPOCH,
        to: bench.now().plus_millis(1_000_000 * HOUR_MS),
    };
    let store = bench.app.store();
    let corrections = store.corrections("mic", whole).await.unwrap();
    let months = store.months("mic").await.unwrap();
    let register = store.load_register().await.unwrap();
    json!([corrections.len(), months.len(), register.revision])
}

#[tokio::test]
async fn a_wrong_correction_names_the_field_and_nothing_is_kept() {
    let bench = Bench::new().await;
    let token = bench.token("operator", GrantScope::All).await;
    let before = stored(&bench).await;
    let at = |hours: i64| json!(bench.now().plus_millis(hours * HOUR_MS));
    let path = "/api/v1/sites/mic/corrections";
    let good = json!({"subject": "mic-r1", "state": "down", "from": at(-2), "to": at(-1),
        "reason": "the breaker's log"});
    for (field, value) in [
        ("subject", json!("nobody")),
        ("subject", json!("vnta-r1")),
        ("state", json!("sideways")),
        ("to", at(-2)),
        ("to", at(-3)),
        ("to", at(1)),
        ("reason", json!("  ")),
        ("reason", json!("x".repeat(2_001))),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        let refused = post(&bench, &token, path, body).await;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        assert_eq!(refused.status, status, "{field} {value}: {}", refused.text);
        assert_eq!(refused.json()["params"]["field"], field, "{}", refused.text);
        assert!(!refused.json()["detail"].as_str().unwrap().is_empty());
    }
    for change in [
        json!({"wheel": 1}),
        json!({"from": "yesterday"}),
        json!({"state": 7}),
    ] {
        let mut body = good.clone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let refused = post(&bench, &token, path, body).await;
        assert_eq!(refused.code(), "bad_body", "{change}: {}", refused.text);
    }
    let nowhere = "/api/v1/sites/nowhere/corrections";
    let refused = post(&bench, &token, nowhere, good.clone()).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(stored(&bench).await, before, "nothing was kept");
    let made = post(&bench, &token, path, good).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
}

#[tokio::test]
async fn a_month_that_cannot_be_closed_says_why_and_nothing_is_kept() {
    let bench = Bench::new().await;
    let token = bench.token("operator", GrantScope::All).await;
    let before = stored(&bench).await;
    let month = |name: &str| format!("/api/v1/sites/mic/months/{name}/close");
    let good = json!({"reason": "month end", "version": 0, "declare_lost": true});
    for (name, change, code) in [
        ("2026-13", json!({}), "bad_month"),
        ("September", json!({}), "bad_month"),
        ("2026-11", json!({}), "month_runs"),
        ("2027-01", json!({}), "month_runs"),
        ("2026-10", json!({"declare_lost": false}), "month_not_ready"),
        ("2026-10", json!({"reason": " "}), "bad_field"),
        ("2026-10", json!({"version": 3}), "stale_version"),
        ("2026-10", json!({"wheel": 1}), "bad_body"),
    ] {
        let mut body = good.clone();
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        let refused = post(&bench, &token, &month(name), body).await;
        assert_eq!(refused.code(), code, "{name} {change}: {}", refused.text);
    }
    assert_eq!(stored(&bench).await, before, "nothing was kept");
}

#[tokio::test]
async fn a_wrong_question_names_the_parameter() {
    let bench = Bench::new().await;
    let token = bench.token("operator", GrantScope::All).await;
    let (now, before) = (bench.now(), bench.now().plus_millis(-HOUR_MS));
    for (path, code) in [
        (format!("availability?from={now}&to={before}"), "bad_window"),
        (format!("availability?from={now}&to={now}"), "bad_window"),
        (format!("timeline?from={now}&to={before}"), "bad_window"),
        ("availability?from=yesterday".to_owned(), "bad_parameter"),
        ("availability?wheel=1".to_owned(), "unknown_parameter"),
        ("months?wheel=1".to_owned(), "unknown_parameter"),
        ("months?until=2026-00".to_owned(), "bad_month"),
        ("months?count=0".to_owned(), "bad_parameter"),
        ("months?count=37".to_owned(), "bad_parameter"),
        ("months/2026-10?rev=9".to_owned(), "not_found"),
    ] {
        let path = format!("/api/v1/sites/mic/{path}");
        let refused = bench.get(&token, &path).await;
        assert_eq!(refused.code(), code, "{path}: {}", refused.text);
        assert!(refused.status.is_client_error());
    }
}
