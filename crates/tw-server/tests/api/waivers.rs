//! Waivers: one person asks, another allows, both ends belong to it, and what is waived stays old.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench};
use axum::http::Method;
use serde_json::{Value, json};
use tw_store::GrantScope;

async fn post(bench: &Bench, token: &str, path: &str, body: Value) -> Answer {
    bench.call(token, Method::POST, path, Some(body)).await
}

const ASK: &str = "/api/v1/assets/A-vnta/waivers";

fn request() -> Value {
    json!({"expires_on": "2027-05-31", "requester": "p-hr", "reason": "no successor yet",
        "document": "12/QĐ"})
}

#[tokio::test]
async fn one_person_asks_another_allows_and_the_age_report_counts_it() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    let other = bench.token("admin", GrantScope::All).await;
    let made = post(&bench, &manager, ASK, request()).await.ok();
    assert_eq!(
        (&made["state"], &made["assets"]),
        (&json!("waiting"), &json!(["A-vnta"]))
    );
    assert_eq!(
        post(&bench, &manager, ASK, request()).await.code(),
        "waits_already"
    );
    let age = bench.get(&manager, "/api/v1/assets/A-vnta/age").await.ok();
    assert_eq!(age["waiver"], Value::Null, "not before somebody agrees");

    let path = "/api/v1/assets/A-vnta/waivers/decision";
    let agree = |approver: &str| json!({"approve": true, "approver": approver, "note": "seen"});
    let own = post(&bench, &manager, path, agree("p-net")).await;
    assert_eq!(own.code(), "own_request");
    let same = post(&bench, &other, path, agree("p-hr")).await;
    assert_eq!(same.code(), "bad_field", "the same person twice");
    let nobody = post(&bench, &other, path, agree("")).await;
    assert_eq!(nobody.code(), "bad_field");
    let granted = post(&bench, &other, path, agree("p-net")).await.ok();
    let waiver = &granted["items"][0];
    assert_eq!(
        [
            &waiver["state"],
            &waiver["granted_on"],
            &waiver["expires_on"],
            &waiver["approver"]
        ],
        [
            &json!("in_force"),
            &json!("2026-11-22"),
            &json!("2027-05-31"),
            &json!("p-net")
        ]
    );
    let age = bench.get(&manager, "/api/v1/assets/A-vnta/age").await.ok();
    assert_eq!(
        (
            &age["waiver"]["document"],
            &age["finding"]["verdict"],
            &age["finding"]["waived"]
        ),
        (&json!("12/QĐ"), &json!("over"), &json!(true)),
        "it stays over"
    );
    let list = bench.get(&manager, "/api/v1/assets?waived=true").await.ok();
    assert_eq!(
        (&list["total"], &list["items"][0]["id"]),
        (&json!(1), &json!("A-vnta"))
    );

    let end = |on: &str, version: u64| json!({"id": waiver["id"], "version": version, "on": on});
    let path = "/api/v1/assets/A-vnta/waivers/end";
    for (body, code) in [
        (end("2027-01-01", 1), "bad_field"),
        (end("2026-11-01", 1), "bad_field"),
        (end("2026-11-22", 9), "stale_version"),
    ] {
        assert_eq!(post(&bench, &manager, path, body).await.code(), code);
    }
    let ended = post(&bench, &manager, path, end("2026-11-22", 1))
        .await
        .ok();
    assert_eq!(
        (&ended["state"], &ended["expires_on"]),
        (&json!("in_force"), &json!("2026-11-22"))
    );
    bench.later(24 * 3_600_000);
    let past = bench
        .get(&manager, "/api/v1/waivers?asset=A-vnta")
        .await
        .ok();
    assert_eq!(past["items"][0]["state"], "over");
    let chain = bench.app.store().audit_verify().await.unwrap();
    assert!(chain.broken.is_none());
}

#[tokio::test]
async fn what_is_not_known_to_be_over_or_too_long_is_refused_with_every_reason() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    let young = post(&bench, &manager, "/api/v1/assets/A-mic/waivers", request()).await;
    assert_eq!(young.json()["params"]["missing"][0]["code"], "not_over");
    let mut long = request();
    long["expires_on"] = json!("2029-01-01");
    long["reason"] = json!("  ");
    let long = post(&bench, &manager, ASK, long).await.json();
    let codes: Vec<&str> = long["params"]["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["too_long", "reason"]);
    let mut stranger = request();
    stranger["requester"] = json!("nobody");
    assert_eq!(
        post(&bench, &manager, ASK, stranger).await.code(),
        "bad_field"
    );
    let list = bench.get(&manager, "/api/v1/waivers").await.ok();
    assert_eq!(list["total"], 0);
}

#[tokio::test]
async fn a_refused_request_is_told_and_waivers_stay_within_the_scope() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    let other = bench.token("admin", GrantScope::All).await;
    post(&bench, &manager, ASK, request()).await.ok();
    let path = "/api/v1/assets/A-vnta/waivers/decision";
    let refused = json!({"approve": false, "note": "buy one"});
    let all = post(&bench, &other, path, refused).await.ok();
    assert_eq!(
        (&all["items"][0]["state"], &all["items"][0]["note"]),
        (&json!("refused"), &json!("buy one"))
    );
    let viewer = bench.token("viewer", GrantScope::All).await;
    let seen = bench.get(&viewer, "/api/v1/waivers").await.ok();
    assert_eq!(
        seen["items"][0]["requester"],
        Value::Null,
        "people are not shown"
    );
    let mic = bench
        .token("asset_manager", GrantScope::Site("mic".to_owned()))
        .await;
    let none = bench.get(&mic, "/api/v1/waivers").await.ok();
    assert_eq!(none["total"], 0);
    post(&bench, &manager, ASK, request()).await.ok();
}
