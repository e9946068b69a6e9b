//! Assets are added, changed, moved through their states and imported, by those who may.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench};
use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::{Value, json};
use tw_store::GrantScope;

async fn post(bench: &Bench, token: &str, path: &str, body: Value) -> Answer {
    bench.call(token, Method::POST, path, Some(body)).await
}

async fn upload(bench: &Bench, token: &str, format: &str, bytes: &str) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/api/v1/imports?format={format}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/octet-stream")
        .body(Body::from(bytes.to_owned()))
        .unwrap();
    bench.send(request).await
}

#[tokio::test]
async fn an_asset_is_added_and_changed_and_a_stale_change_is_refused() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let record = json!({"tag": "N-1", "class": "server", "status": "ordered", "unit": "net",
        "place": {"site": "mic"}, "custom": {"colour": "black"}});
    let made = post(&bench, &token, "/api/v1/assets", json!({"record": record}))
        .await
        .ok();
    assert_eq!(
        (made["id"].as_str(), made["version"].as_u64()),
        (Some("N-1"), Some(1))
    );
    let twice = post(&bench, &token, "/api/v1/assets", json!({"record": record})).await;
    assert_eq!(twice.code(), "exists");

    let put = |version: u64, change: Value| {
        let mut record = record.clone();
        for (key, value) in change.as_object().unwrap() {
            record[key] = value.clone();
        }
        json!({"version": version, "record": record})
    };
    let path = "/api/v1/assets/N-1";
    let body = put(1, json!({"serial": "S-77", "note": "in the store"}));
    let changed = bench.call(&token, Method::PUT, path, Some(body)).await.ok();
    assert_eq!(changed["spec"]["serial"], "S-77");
    for (body, code) in [
        (put(1, json!({"note": "x"})), "stale_version"),
        (put(2, json!({"status": "deployed"})), "bad_field"),
        (put(2, json!({"serial": "Default string"})), "bad_field"),
        (put(2, json!({"unit": "nowhere"})), "bad_field"),
        (put(2, json!({"colour": "red"})), "bad_field"),
    ] {
        let answer = bench.call(&token, Method::PUT, path, Some(body)).await;
        assert_eq!(answer.code(), code, "{}", answer.text);
    }
    let told = bench.get(&token, "/api/v1/assets/N-1/history").await.ok();
    let kinds: Vec<&str> = told["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["changed", "created"]);
    assert_eq!(told["record"]["serial"], "S-77");
    assert_eq!(told["next_states"], json!(["in_stock"]));
}

#[tokio::test]
async fn an_asset_goes_its_way_and_a_second_person_agrees_to_its_end() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let other = bench.token("admin", GrantScope::All).await;
    let record = json!({"tag": "N-1", "class": "server", "status": "ordered"});
    post(&bench, &token, "/api/v1/assets", json!({"record": record}))
        .await
        .ok();
    let path = "/api/v1/assets/N-1/transitions";
    let lacking = post(
        &bench,
        &token,
        path,
        json!({"version": 1, "step": {"to": "in_stock", "on": "2026-11-20"}}),
    )
    .await;
    let missing: Vec<String> = lacking.json()["params"]["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        missing,
        ["serial_or_reason", "received_date", "label_printed"]
    );

    for (version, step) in [
        (
            1,
            json!({"to": "in_stock", "on": "2026-11-18", "serial": "S-1", "received": "2026-11-18", "label_printed": true}),
        ),
        (
            2,
            json!({"to": "deployed", "on": "2026-11-19", "site": "mic", "service": "e-mail", "document": "BB-7"}),
        ),
        (
            3,
            json!({"to": "retired", "on": "2026-11-20", "reason": "broken"}),
        ),
    ] {
        let done = post(
            &bench,
            &token,
            path,
            json!({"version": version, "step": step}),
        )
        .await
        .ok();
        assert_eq!(done["state"], "done");
    }
    let asset = bench.get(&token, "/api/v1/assets/N-1").await.ok();
    let dates: Vec<&str> = asset["spec"]["dates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| d["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        (asset["spec"]["state"].as_str(), dates),
        (Some("retired"), vec!["received", "first_in_service"])
    );

    let end = json!({"to": "disposed", "on": "2026-11-21", "method": "destroyed", "decision": "12/QD", "wipe_certificate": "W-3"});
    let asked = post(&bench, &token, path, json!({"version": 4, "step": end}))
        .await
        .ok();
    assert_eq!(asked["state"], "waiting");
    let again = post(&bench, &token, path, json!({"version": 4, "step": end})).await;
    assert_eq!(again.code(), "waits_already");
    let decision = "/api/v1/assets/N-1/decision";
    let own = post(&bench, &token, decision, json!({"approve": true})).await;
    assert_eq!(own.code(), "own_request");
    assert_eq!(
        bench.get(&token, "/api/v1/assets/N-1").await.ok()["spec"]["state"],
        "retired"
    );
    let done = post(
        &bench,
        &other,
        decision,
        json!({"approve": true, "note": "seen"}),
    )
    .await
    .ok();
    assert_eq!(done["state"], "done");
    assert_eq!(
        bench.get(&token, "/api/v1/assets/N-1").await.ok()["spec"]["state"],
        "disposed"
    );
    assert!(
        bench
            .app
            .store()
            .audit_verify()
            .await
            .unwrap()
            .broken
            .is_none()
    );
}

#[tokio::test]
async fn an_import_is_previewed_then_committed_once_all_or_nothing() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let bad = "tag,class,status\nN-1,server,in_stock\nN-2,servr,in_stock\n";
    let preview = upload(&bench, &token, "csv", bad).await.ok();
    assert_eq!(
        (
            preview["token"].as_str(),
            preview["faults"][0]["row"].as_u64()
        ),
        (None, Some(3))
    );
    assert_eq!(preview["faults"][0]["column"], "class");

    let good = "tag,class,status,serial,note\nN-1,server,in_stock,001,\nA-mic,,,,checked\n";
    let preview = upload(&bench, &token, "csv", good).await.ok();
    assert_eq!(
        (preview["create"].as_u64(), preview["update"].as_u64()),
        (Some(1), Some(1))
    );
    assert!(
        bench
            .get(&token, "/api/v1/assets/N-1")
            .await
            .status
            .is_client_error(),
        "nothing yet"
    );
    let path = format!("/api/v1/imports/{}", preview["token"].as_str().unwrap());
    let stranger = bench.token("admin", GrantScope::All).await;
    assert_eq!(
        bench
            .call(&stranger, Method::POST, &path, None)
            .await
            .code(),
        "not_found"
    );
    let done = bench.call(&token, Method::POST, &path, None).await.ok();
    assert_eq!(done["changed"], 2);
    assert_eq!(
        bench.get(&token, "/api/v1/assets/N-1").await.ok()["spec"]["serial"],
        "001"
    );
    assert_eq!(
        bench.call(&token, Method::POST, &path, None).await.code(),
        "not_found"
    );
}

#[tokio::test]
async fn an_import_stays_within_the_scope_and_the_register_that_it_was_previewed_on() {
    let bench = Bench::new().await;
    let token = bench
        .token("asset_manager", GrantScope::Site("mic".to_owned()))
        .await;
    let preview = upload(&bench, &token, "csv", "tag,note\nA-vnta,x\n")
        .await
        .ok();
    assert_eq!(
        (preview["token"].as_str(), preview["faults_total"].as_u64()),
        (None, Some(1))
    );
    let preview = upload(&bench, &token, "csv", "tag,note\nA-mic,x\n")
        .await
        .ok();
    let admin = bench.token("admin", GrantScope::All).await;
    let record = json!({"tag": "N-9", "class": "server", "status": "ordered"});
    post(&bench, &admin, "/api/v1/assets", json!({"record": record}))
        .await
        .ok();
    let path = format!("/api/v1/imports/{}", preview["token"].as_str().unwrap());
    assert_eq!(
        bench.call(&token, Method::POST, &path, None).await.code(),
        "stale_version"
    );
}

#[tokio::test]
async fn an_age_is_explained_for_any_day_and_a_label_is_drawn() {
    let bench = Bench::new().await;
    let token = bench.token("viewer", GrantScope::All).await;
    let young = bench.get(&token, "/api/v1/assets/A-mic/age").await.ok();
    assert_eq!(young["finding"]["verdict"], "within");
    let old = bench
        .get(&token, "/api/v1/assets/A-mic/age?as_of=2030-01-01")
        .await
        .ok();
    assert_eq!(
        (
            old["finding"]["verdict"].as_str(),
            old["reasons"][0]["code"].as_str()
        ),
        (Some("over"), Some("basis_is"))
    );
    let list = bench
        .get(&token, "/api/v1/assets?age=over&as_of=2030-01-01")
        .await
        .ok();
    assert_eq!(list["total"], 2);
    let told = bench.get(&token, "/api/v1/assets/A-mic/history").await.ok();
    assert_eq!(
        told["record"],
        Value::Null,
        "who may not change it gets no record"
    );
    let label = bench.get(&token, "/api/v1/assets/A-mic/label.svg").await;
    assert!(label.text.starts_with("<svg") && label.text.contains("A-mic"));
}
