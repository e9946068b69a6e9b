//! What another register keeps is not edited here, and the refusal names it.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::Bench;
use axum::http::Method;
use serde_json::{Value, json};
use tw_store::GrantScope;

/// A server that reads a NetBox, which has A-mic as its device 7.
async fn with_netbox() -> Bench {
    let bench = Bench::with(|settings| {
        let netbox = json!({"url": "http://127.0.0.1:9", "token_env": "TW_TEST_NO_SUCH_TOKEN"});
        settings.netbox = vec![serde_json::from_value(netbox).unwrap()];
    })
    .await;
    let db = rusqlite::Connection::open(bench.data().join("main.db")).unwrap();
    db.execute(
        "INSERT INTO source_ref(source, kind, source_id, local_id, url, last_updated, seen_ms, missing_ms)
         VALUES ('netbox', 'dcim.device', 7, 'A-mic', 'http://127.0.0.1:9/dcim/devices/7/', NULL, 0, NULL)",
        [],
    )
    .unwrap();
    bench
}

#[tokio::test]
async fn a_field_that_netbox_keeps_is_refused_with_its_name_and_page_and_ours_is_taken() {
    let bench = with_netbox().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let told = bench.get(&token, "/api/v1/assets/A-mic/history").await.ok();
    let put = async |version: u64, change: Value| {
        let mut record = told["record"].clone();
        for (key, value) in change.as_object().unwrap() {
            record[key] = value.clone();
        }
        let body = Some(json!({"version": version, "record": record}));
        bench
            .call(&token, Method::PUT, "/api/v1/assets/A-mic", body)
            .await
    };
    let refused = put(1, json!({"serial": "S-1", "note": "x"})).await;
    let problem = refused.json();
    assert_eq!(
        (refused.status.as_u16(), &problem["code"]),
        (409, &json!("owned_by_source"))
    );
    assert_eq!(
        problem["params"],
        json!({"field": "serial", "source": "netbox", "url": "http://127.0.0.1:9/dcim/devices/7/"})
    );
    put(1, json!({"note": "ours", "price_vnd": 5})).await.ok();

    let step =
        json!({"version": 2, "step": {"to": "retired", "on": "2026-11-20", "reason": "old"}});
    let path = "/api/v1/assets/A-mic/transitions";
    let step = bench.call(&token, Method::POST, path, Some(step)).await;
    assert_eq!(step.code(), "owned_by_source", "NetBox keeps the state");
    let bulk = json!({"select": {"tags": ["A-mic", "A-vnta"]}, "set": {"model": "X"}});
    let bulk = bench
        .call(&token, Method::POST, "/api/v1/bulk-edits", Some(bulk))
        .await
        .ok();
    let fault = &bulk["faults"][0];
    assert_eq!(
        (&bulk["token"], &fault["tag"]),
        (&Value::Null, &json!("A-mic"))
    );
    assert!(
        fault["message"].as_str().unwrap().contains("netbox"),
        "{fault}"
    );
}

#[tokio::test]
async fn what_is_gone_from_netbox_is_ours_to_edit_again() {
    let bench = with_netbox().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let db = rusqlite::Connection::open(bench.data().join("main.db")).unwrap();
    db.execute("UPDATE source_ref SET missing_ms = 1", [])
        .unwrap();
    let told = bench.get(&token, "/api/v1/assets/A-mic/history").await.ok();
    let mut record = told["record"].clone();
    record["serial"] = json!("S-1");
    let body = Some(json!({"version": 1, "record": record}));
    bench
        .call(&token, Method::PUT, "/api/v1/assets/A-mic", body)
        .await
        .ok();
}
