//! One change for many assets: previewed, then carried out for all of them or for none.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench};
use axum::http::Method;
use serde_json::{Value, json};
use tw_store::{AuditFilter, GrantScope};

async fn preview(bench: &Bench, token: &str, body: Value) -> Answer {
    bench
        .call(token, Method::POST, "/api/v1/bulk-edits", Some(body))
        .await
}

async fn record(bench: &Bench, token: &str, tag: &str) -> Value {
    let path = format!("/api/v1/assets/{tag}/history");
    bench.get(token, &path).await.ok()["record"].clone()
}

async fn with_spares(bench: &Bench, token: &str) {
    for (tag, site) in [("S-1", "mic"), ("S-2", "mic"), ("S-3", "vnta")] {
        let record = json!({"tag": tag, "class": "monitor", "status": "in_stock", "unit": "it",
            "place": {"site": site, "room": format!("{site}-dc"), "detail": "kho 4"},
            "dates": {"received": {"date": "2024", "source": "BB 1"}}});
        let body = Some(json!({ "record": record }));
        bench
            .call(token, Method::POST, "/api/v1/assets", body)
            .await
            .ok();
    }
}

#[tokio::test]
async fn many_assets_change_at_once_after_a_preview_and_each_is_in_the_audit_log() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    with_spares(&bench, &token).await;
    let body = json!({"select": {"class": "monitor"}, "clear": ["note"],
        "set": {"unit": "net", "place": {"site": "vnta"},
            "dates": {"accepted": {"date": "2024-05"}, "received": null}}});
    let seen = preview(&bench, &token, body).await.ok();
    assert_eq!(
        [&seen["update"], &seen["unchanged"], &seen["rejected"]],
        [&json!(3), &json!(0), &json!(0)],
        "{seen}"
    );
    assert_eq!(record(&bench, &token, "S-1").await["unit"], "it", "not yet");
    let path = format!("/api/v1/imports/{}", seen["token"].as_str().unwrap());
    let done = bench.call(&token, Method::POST, &path, None).await.ok();
    assert_eq!(done["changed"], 3);
    let one = record(&bench, &token, "S-1").await;
    assert_eq!(one["unit"], "net");
    assert_eq!(
        one["place"],
        json!({"site": "vnta"}),
        "the old room stayed behind"
    );
    assert_eq!(one["dates"], json!({"accepted": {"date": "2024-05"}}));
    let stayed = record(&bench, &token, "S-3").await;
    assert_eq!(
        stayed["place"]["detail"], "kho 4",
        "it was at this site already"
    );
    let again = bench.call(&token, Method::POST, &path, None).await;
    assert_eq!(again.code(), "not_found");
    let filter = AuditFilter {
        limit: 100,
        ..AuditFilter::default()
    };
    let rows = bench.app.store().audit_rows(&filter).await.unwrap();
    for tag in ["S-1", "S-2", "S-3"] {
        let told = bench
            .get(&token, &format!("/api/v1/assets/{tag}/history"))
            .await;
        let events = told.ok()["events"].as_array().unwrap().clone();
        assert!(
            events.iter().any(|event| event["kind"] == "changed"),
            "{tag}"
        );
        let subject = format!("asset/{tag}");
        let entries = rows.iter().filter(|row| row.subject == subject);
        assert_eq!(entries.count(), 2, "{tag}: made, changed");
    }
}

#[tokio::test]
async fn one_asset_that_cannot_be_changed_stops_all_of_them() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    with_spares(&bench, &token).await;
    let nowhere = json!({"tag": "S-9", "class": "monitor", "status": "ordered"});
    let body = Some(json!({ "record": nowhere }));
    bench
        .call(&token, Method::POST, "/api/v1/assets", body)
        .await
        .ok();
    let body = json!({"select": {"tags": ["S-1", "S-9"]}, "set": {"place": {"detail": "kho 5"}}});
    let seen = preview(&bench, &token, body).await.ok();
    let fault = &seen["faults"][0];
    assert_eq!(
        (&seen["token"], &fault["tag"], &fault["column"]),
        (&Value::Null, &json!("S-9"), &json!("site")),
        "a place without a site"
    );

    let mic = bench
        .token("asset_manager", GrantScope::Site("mic".to_owned()))
        .await;
    let body = json!({"select": {"tags": ["S-1", "S-3"]}, "set": {"note": "x"}});
    let beyond = preview(&bench, &mic, body).await;
    assert_eq!(beyond.code(), "bad_field", "S-3 is not theirs to name");
    let body = json!({"select": {"class": "monitor"}, "set": {"place": {"site": "vnta"}}});
    let out = preview(&bench, &mic, body).await.ok();
    assert_eq!(
        out["token"],
        Value::Null,
        "nothing leaves the scope of who moves it"
    );
    for (body, why) in [
        (
            json!({"select": {}, "set": {"status": "lost"}}),
            "a state is a step",
        ),
        (
            json!({"select": {}, "set": {"serial": "X"}}),
            "a serial is one asset's",
        ),
        (json!({"select": {}, "set": {}}), "nothing changes"),
        (
            json!({"select": {}, "set": {"unit": "it"}, "clear": ["unit"]}),
            "both at once",
        ),
        (
            json!({"select": {"tags": ["NONE"]}, "set": {"note": "x"}}),
            "no such asset",
        ),
        (
            json!({"select": {"q": "nothing fits"}, "set": {"note": "x"}}),
            "none fits",
        ),
    ] {
        assert_eq!(
            preview(&bench, &token, body).await.code(),
            "bad_field",
            "{why}"
        );
    }
    assert_eq!(record(&bench, &token, "S-1").await["note"], Value::Null);
}

#[tokio::test]
async fn a_change_that_was_previewed_on_another_register_is_stale() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    with_spares(&bench, &token).await;
    let body = json!({"select": {"class": "monitor"}, "set": {"note": "old"}});
    let first = preview(&bench, &token, body.clone()).await.ok();
    let second = preview(&bench, &token, body).await.ok();
    let path = |seen: &Value| format!("/api/v1/imports/{}", seen["token"].as_str().unwrap());
    bench
        .call(&token, Method::POST, &path(&second), None)
        .await
        .ok();
    let late = bench.call(&token, Method::POST, &path(&first), None).await;
    assert_eq!(late.code(), "stale_version");
}
