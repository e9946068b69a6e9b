//! The register beside what was seen, and taking stock.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, all_up, seen};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use tw_config::{DayFormat, ImportFormat};
use tw_ingest::seen::{Identity, InterfaceSeen, PartSeen, Seen};
use tw_model::{Item, Kind};
use tw_server::Offline;
use tw_store::{Author, GrantScope, RegisterError, SourceFields};
use tw_units::WallClock;

fn who(name: &str, serial: &str, model: &str) -> Seen {
    Seen::Identity(Identity {
        sys_name: name.to_owned(),
        vendor: Some("Cisco".to_owned()),
        model: Some(model.to_owned()),
        serial: Some(serial.to_owned()),
        ..Identity::default()
    })
}

fn ports(macs: &[&str]) -> Seen {
    let interfaces = macs.iter().map(|mac| InterfaceSeen {
        key: format!("if:{mac}"),
        name: (*mac).to_owned(),
        mac: Some((*mac).to_owned()),
        ..InterfaceSeen::default()
    });
    Seen::Interfaces {
        interfaces: interfaces.collect(),
    }
}

/// Puts an asset for a device into the register.
async fn asset(bench: &Bench, tag: &str, device: &str, serial: &str) {
    let site = device.split('-').next().unwrap();
    let value = json!({"tag": tag, "class": "switch", "status": "deployed",
        "manufacturer": "Cisco", "model": "Catalyst 9300-24T", "serial": serial,
        "device": device, "place": {"site": site}, "price_vnd": 165_000_000});
    let item = Item {
        kind: Kind::Asset,
        id: tag.to_owned(),
        value,
    };
    let put = bench
        .app
        .store()
        .put_item(item, None, &Author::local("test"))
        .await;
    put.unwrap();
    bench.app.reload_register().await.unwrap();
}

/// Another register keeps a field of an asset.
async fn kept_elsewhere(bench: &Bench, tag: &str, field: &str) {
    let fields = SourceFields::from([("netbox".to_owned(), vec![field.to_owned()])]);
    let store = bench.app.store();
    store.keep_source_fields(fields).await.unwrap();
    let db = rusqlite::Connection::open(bench.data().join("main.db")).unwrap();
    db.execute(
        "INSERT INTO source_ref(source, kind, source_id, local_id, url, last_updated, seen_ms, missing_ms)
         VALUES ('netbox', 'dcim.device', 7, ?1, 'http://127.0.0.1:9/dcim/devices/7/', NULL, 0, NULL)",
        [tag],
    )
    .unwrap();
}

async fn nobody_keeps(bench: &Bench) {
    let nothing = SourceFields::new();
    bench.app.store().keep_source_fields(nothing).await.unwrap();
}

#[tokio::test]
async fn a_decision_does_not_write_a_field_that_another_register_keeps() {
    let mut bench = with_switch().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    bench.app.reconcile_once().await.unwrap();
    kept_elsewhere(&bench, "SW-1", "serial").await;
    swap(&mut bench).await;
    let one = list(&bench, &token, "?site=mic").await.remove(0);
    assert_eq!(one["kind"], "serial_changed");
    let path = format!(
        "/api/v1/discrepancies/{}/accept",
        one["id"].as_str().unwrap()
    );
    let wish = json!({"version": one["version"], "note": "RMA 4711"});
    let refused = bench
        .call(&token, Method::POST, &path, Some(wish.clone()))
        .await;
    let problem = refused.json();
    assert_eq!(problem["code"], "owned_by_source", "{problem}");
    assert_eq!(
        problem["params"],
        json!({"field": "serial", "source": "netbox", "url": "http://127.0.0.1:9/dcim/devices/7/"})
    );
    let told = problem["detail"].as_str().unwrap();
    assert!(
        told.contains(
            "serial is kept in netbox (http://127.0.0.1:9/dcim/devices/7/); change it there"
        ),
        "{told}"
    );
    let before = bench.get(&token, "/api/v1/assets/SW-1").await.ok();
    assert_eq!(before["spec"]["serial"], "FOC2431XBZX");
    nobody_keeps(&bench).await;
    bench
        .call(&token, Method::POST, &path, Some(wish))
        .await
        .ok();
    let after = bench.get(&token, "/api/v1/assets/SW-1").await.ok();
    assert_eq!(after["spec"]["serial"], "FOC9999XXXX");
}

#[tokio::test]
async fn an_import_from_the_command_line_does_not_write_what_another_register_keeps() {
    let bench = with_switch().await;
    kept_elsewhere(&bench, "SW-1", "serial").await;
    let offline = Offline::open(bench.data(), WallClock::fixed(bench.now())).unwrap();
    let import = async |row: &str| {
        let file = format!("tag,class,status,serial,note\n{row}\n");
        let how = (ImportFormat::Csv, DayFormat::default());
        offline.import_assets(file.as_bytes(), how, true).await
    };
    let refused = import("SW-1,switch,deployed,FOC-NEW,x").await.unwrap_err();
    let mut told = refused.to_string();
    let mut cause = std::error::Error::source(&refused);
    while let Some(inner) = cause {
        told = format!("{told}: {inner}");
        cause = inner.source();
    }
    assert!(
        told.contains("asset SW-1: serial is kept in netbox"),
        "{told}"
    );
    let (_, changed) = import("SW-1,switch,deployed,FOC2431XBZX,ours")
        .await
        .unwrap();
    assert_eq!(changed, Some(1), "what is ours is taken");
}

#[tokio::test]
async fn what_is_kept_elsewhere_may_still_be_disposed_of_and_removed() {
    let bench = with_switch().await;
    kept_elsewhere(&bench, "SW-1", "serial").await;
    let store = bench.app.store();
    let author = Author::local("test");
    let put = async |change: &dyn Fn(&mut Value)| {
        let stored = store.load_register().await.unwrap().register;
        let mut value = serde_json::to_value(&stored.assets["SW-1"]).unwrap();
        change(&mut value);
        let (kind, id) = (Kind::Asset, "SW-1".to_owned());
        store
            .put_item(Item { kind, id, value }, None, &author)
            .await
    };
    let serial = put(&|asset| asset["serial"] = json!("X-1")).await;
    assert!(
        matches!(&serial, Err(RegisterError::Kept { kept, .. }) if kept.field == "serial"),
        "{serial:?}"
    );
    put(&|asset| asset["note"] = json!("ours")).await.unwrap();
    put(&|asset| {
        asset["status"] = json!("disposed");
        asset["serial"] = json!("X-1");
    })
    .await
    .unwrap();
    let id = "SW-1".to_owned();
    store
        .remove_item(Kind::Asset, id, None, &author)
        .await
        .unwrap();
}

async fn with_switch() -> Bench {
    let mut bench = Bench::new().await;
    asset(&bench, "SW-1", "mic-s1", "FOC2431XBZX").await;
    let now = bench.now();
    let mut records = all_up("mic", now);
    records.push(seen(
        "mic-s1",
        now,
        who("mic s1", "FOC2431XBZX", "C9300-24T"),
    ));
    records.push(seen(
        "mic-s1",
        now,
        ports(&["02:00:00:00:00:01", "02:00:00:00:00:02"]),
    ));
    bench.deliver("col-mic", records).await;
    bench
}

async fn list(bench: &Bench, token: &str, query: &str) -> Vec<Value> {
    let page = bench
        .get(token, &format!("/api/v1/discrepancies{query}"))
        .await
        .ok();
    page["items"].as_array().unwrap().clone()
}

/// The chassis is swapped: another serial number, the same MAC addresses.
async fn swap(bench: &mut Bench) {
    bench.later(60_000);
    let now = bench.now();
    let mut records = all_up("mic", now);
    records.retain(|record| matches!(record, tw_ingest::Record::Round(_)));
    records.push(seen(
        "mic-s1",
        now,
        who("mic s1", "FOC9999XXXX", "C9300-24T"),
    ));
    bench.deliver("col-mic", records).await;
    bench.app.reconcile_once().await.unwrap();
}

#[tokio::test]
async fn a_swapped_chassis_waits_for_a_person_and_accepting_it_corrects_the_register() {
    let mut bench = with_switch().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    bench.app.reconcile_once().await.unwrap();
    assert_eq!(list(&bench, &token, "").await, Vec::<Value>::new());
    let before = bench.app.store().register_revision().await.unwrap();
    swap(&mut bench).await;
    assert_eq!(bench.app.store().register_revision().await.unwrap(), before);
    let found = list(&bench, &token, "?site=mic").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let one = &found[0];
    assert_eq!(
        (
            &one["kind"],
            &one["asset"],
            &one["recorded"],
            &one["observed"],
            &one["proposal"]
        ),
        (
            &json!("serial_changed"),
            &json!("SW-1"),
            &json!("FOC2431XBZX"),
            &json!("FOC9999XXXX"),
            &json!("hardware_swapped")
        )
    );
    let path = format!("/api/v1/discrepancies/{}", one["id"].as_str().unwrap());
    let detail = bench.get(&token, &path).await.ok();
    let serial = detail["sides"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["field"] == "serial");
    assert_eq!(serial.unwrap()["recorded"], "FOC2431XBZX");
    assert_eq!(serial.unwrap()["observed"], "FOC9999XXXX");
    assert!(serial.unwrap()["collected_at"].is_string());
    let wish = |version: &Value| Some(json!({"version": version, "note": "RMA 4711"}));
    let stale = bench
        .call(
            &token,
            Method::POST,
            &format!("{path}/accept"),
            wish(&json!(99)),
        )
        .await;
    assert_eq!(
        (stale.status, stale.code().as_str()),
        (StatusCode::CONFLICT, "stale_version")
    );
    let done = bench
        .call(
            &token,
            Method::POST,
            &format!("{path}/accept"),
            wish(&one["version"]),
        )
        .await
        .ok();
    assert_eq!(
        (&done["status"], &done["note"]),
        (&json!("accepted"), &json!("RMA 4711"))
    );
    let asset = bench.get(&token, "/api/v1/assets/SW-1").await.ok();
    assert_eq!(asset["spec"]["serial"], "FOC9999XXXX");
    assert_eq!(list(&bench, &token, "").await, Vec::<Value>::new());
    let history = bench
        .app
        .store()
        .item_history(Kind::Asset, "SW-1")
        .await
        .unwrap();
    assert_eq!(
        history.len(),
        2,
        "the old serial number stays in its history"
    );
}

#[tokio::test]
async fn swapped_hardware_can_become_an_asset_of_its_own() {
    let mut bench = with_switch().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    swap(&mut bench).await;
    let one = list(&bench, &token, "?kind=serial_changed").await.remove(0);
    let path = format!(
        "/api/v1/discrepancies/{}/create-asset",
        one["id"].as_str().unwrap()
    );
    let wish =
        |tag: &str| Some(json!({"version": one["version"], "tag": tag, "old_state": "in_stock"}));
    let taken = bench.call(&token, Method::POST, &path, wish("SW-1")).await;
    assert_eq!(taken.code(), "exists");
    bench
        .call(&token, Method::POST, &path, wish("SW-2"))
        .await
        .ok();
    let new = bench.get(&token, "/api/v1/assets/SW-2").await.ok();
    let old = bench.get(&token, "/api/v1/assets/SW-1").await.ok();
    assert_eq!(
        (&new["spec"]["serial"], &new["spec"]["device"]),
        (&json!("FOC9999XXXX"), &json!("mic-s1"))
    );
    assert_eq!(
        (
            &old["spec"]["serial"],
            &old["spec"]["device"],
            &old["spec"]["state"]
        ),
        (&json!("FOC2431XBZX"), &json!(null), &json!("in_stock"))
    );
    assert_eq!(list(&bench, &token, "").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_dismissed_one_is_left_alone_and_what_nobody_recorded_is_told() {
    let mut bench = with_switch().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let now = bench.now();
    bench
        .deliver(
            "col-mic",
            vec![seen("mic-r1", now, who("mic r1", "FOC1111AAAA", "C1111"))],
        )
        .await;
    bench.app.reconcile_once().await.unwrap();
    let one = list(&bench, &token, "").await.remove(0);
    assert_eq!(
        (&one["kind"], &one["device"]),
        (&json!("unrecorded"), &json!("mic-r1"))
    );
    let path = format!(
        "/api/v1/discrepancies/{}/dismiss",
        one["id"].as_str().unwrap()
    );
    let wish = |until: &str| Some(json!({"version": one["version"], "until": until}));
    let past = bench
        .call(&token, Method::POST, &path, wish("2026-11-22"))
        .await;
    assert_eq!(past.code(), "bad_field");
    bench
        .call(&token, Method::POST, &path, wish("2026-12-31"))
        .await
        .ok();
    assert_eq!(list(&bench, &token, "").await, Vec::<Value>::new());
    assert_eq!(list(&bench, &token, "?status=dismissed").await.len(), 1);
    let csv = bench
        .get(&token, "/api/v1/discrepancies?status=all&format=csv")
        .await;
    assert!(csv.text.contains("unrecorded,dismissed"), "{}", csv.text);
    let viewer = bench.token("viewer", GrantScope::All).await;
    let refused = bench
        .call(&viewer, Method::POST, &path, wish("2026-12-31"))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let other = bench
        .token("asset_manager", GrantScope::Site("vnta".to_owned()))
        .await;
    let hidden = bench
        .call(&other, Method::POST, &path, wish("2026-12-31"))
        .await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

async fn open(bench: &Bench, token: &str) -> String {
    let body = json!({"name": "MIC", "scope": {"kind": "site", "id": "mic"}});
    let made = bench
        .call(token, Method::POST, "/api/v1/stocktakes", Some(body))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    format!("/api/v1/stocktakes/{}", made.json()["id"].as_str().unwrap())
}

fn scan(client: &str, code: &str) -> Value {
    json!({"client_id": format!("client-{client}"), "code": code, "scanned_at": "2026-11-22T03:00:00Z"})
}

async fn upload(bench: &Bench, token: &str, path: &str, scans: Vec<Value>) -> Value {
    let body = Some(json!({ "scans": scans }));
    bench
        .call(token, Method::POST, &format!("{path}/scans"), body)
        .await
        .ok()
}

fn verdicts(uploaded: &Value) -> Vec<&str> {
    let scans = uploaded["scans"].as_array().unwrap();
    scans
        .iter()
        .map(|scan| scan["verdict"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn stock_is_taken_against_a_frozen_list_and_moves_are_accepted_in_bulk() {
    let bench = Bench::new().await;
    asset(&bench, "SW-1", "mic-s1", "FOC2431XBZX").await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let path = open(&bench, &token).await;
    asset(&bench, "SW-LATE", "mic-r1", "FOC2431LATE").await;
    let detail = bench.get(&token, &path).await.ok();
    let tags: Vec<&Value> = detail["expected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["tag"])
        .collect();
    assert_eq!(
        tags,
        ["A-mic", "SW-1"],
        "the list was frozen before SW-LATE came"
    );
    let first = vec![
        scan("0001", "SW-1"),
        scan("0002", "A-vnta"),
        scan("0003", "nobody"),
    ];
    let up = upload(&bench, &token, &path, first.clone()).await;
    assert_eq!(verdicts(&up), ["expected", "elsewhere", "unknown"]);
    let up = upload(&bench, &token, &path, first).await;
    assert_eq!(
        verdicts(&up),
        ["expected", "elsewhere", "unknown"],
        "the same again"
    );
    let up = upload(
        &bench,
        &token,
        &path,
        vec![scan("0004", "FOC2431XBZX"), scan("0005", "mic-rack")],
    )
    .await;
    assert_eq!(verdicts(&up), ["again", "place"]);
    assert_eq!(
        up["counts"],
        json!({"found": 1, "misplaced": 1, "missing": 1, "unknown": 1, "duplicates": 1})
    );
    let moves = json!({"version": 1, "tags": ["A-vnta"]});
    let early = bench
        .call(&token, Method::POST, &format!("{path}/moves"), Some(moves))
        .await;
    assert_eq!(early.code(), "still_open");
    let closed = bench
        .call(
            &token,
            Method::POST,
            &format!("{path}/close"),
            Some(json!({"version": 1})),
        )
        .await;
    assert_eq!(closed.ok()["status"], "closed");
    let late = bench
        .call(
            &token,
            Method::POST,
            &format!("{path}/scans"),
            Some(json!({"scans": [scan("0009", "A-mic")]})),
        )
        .await;
    assert_eq!(late.code(), "closed");
    let wrong = json!({"version": 2, "tags": ["A-vnta", "SW-1"]});
    let wrong = bench
        .call(&token, Method::POST, &format!("{path}/moves"), Some(wrong))
        .await;
    assert_eq!(wrong.code(), "bad_field", "all or none");
    let moves = json!({"version": 2, "tags": ["A-vnta"]});
    kept_elsewhere(&bench, "A-vnta", "place.site").await;
    let kept = bench
        .call(
            &token,
            Method::POST,
            &format!("{path}/moves"),
            Some(moves.clone()),
        )
        .await;
    assert_eq!(kept.code(), "owned_by_source", "{}", kept.text);
    nobody_keeps(&bench).await;
    bench
        .call(&token, Method::POST, &format!("{path}/moves"), Some(moves))
        .await
        .ok();
    let moved = bench.get(&token, "/api/v1/assets/A-vnta").await.ok();
    assert_eq!(moved["spec"]["site"], "mic");
    let detail = bench.get(&token, &path).await.ok();
    assert_eq!(detail["findings"]["missing"], json!(["A-mic"]));
    assert_eq!(detail["findings"]["misplaced"][0]["accepted"], true);
}

#[tokio::test]
async fn the_minutes_are_a_document_and_a_workbook_in_both_languages() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let path = open(&bench, &token).await;
    upload(
        &bench,
        &token,
        &path,
        vec![scan("0001", "A-mic"), scan("0002", "=cmd()")],
    )
    .await;
    for (form, media, head) in [
        ("pdf", "application/pdf", "%PDF"),
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "PK",
        ),
    ] {
        for lang in ["en", "vi"] {
            let file = bench
                .bytes(&token, &format!("{path}/minutes.{form}?lang={lang}"))
                .await;
            assert_eq!(file.0, media);
            assert!(file.1.starts_with(head.as_bytes()), "{form} {lang}");
        }
    }
    let wrong = bench
        .get(&token, &format!("{path}/minutes.pdf?lang=fr"))
        .await;
    assert_eq!(wrong.code(), "bad_parameter");
}

#[tokio::test]
async fn a_stock_take_lies_in_the_scope_of_its_site_or_unit() {
    let bench = Bench::new().await;
    let token = bench.token("asset_manager", GrantScope::All).await;
    let path = open(&bench, &token).await;
    let own = bench
        .token("asset_manager", GrantScope::Site("mic".to_owned()))
        .await;
    let other = bench
        .token("asset_manager", GrantScope::Site("vnta".to_owned()))
        .await;
    bench.get(&own, &path).await.ok();
    assert_eq!(bench.get(&other, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        bench.get(&other, "/api/v1/stocktakes").await.ok()["total"],
        0
    );
    let body = json!({"name": "MIC", "scope": {"kind": "site", "id": "mic"}});
    let refused = bench
        .call(&other, Method::POST, "/api/v1/stocktakes", Some(body))
        .await;
    assert_eq!(refused.code(), "not_in_scope");
}

#[tokio::test]
async fn the_day_that_a_device_says_it_was_made_bounds_its_age_and_is_not_written() {
    let mut bench = with_switch().await;
    let token = bench.token("viewer", GrantScope::All).await;
    asset(&bench, "R-1", "mic-r1", "no-code-here").await;
    let age = async |bench: &Bench| {
        let asset = bench.get(&token, "/api/v1/assets/R-1").await.ok();
        asset["status"]["age"]["verdict"].clone()
    };
    assert_eq!(age(&bench).await, "unknown");
    let chassis = PartSeen {
        index: 1,
        class: 3,
        serial: Some("no-code-here".to_owned()),
        made_on: Some("2024-05-05".to_owned()),
        ..PartSeen::default()
    };
    let now = bench.now();
    let parts = Seen::Parts {
        parts: vec![chassis],
    };
    let identity = who("mic r1", "no-code-here", "C9300-24T");
    bench
        .deliver(
            "col-mic",
            vec![seen("mic-r1", now, identity), seen("mic-r1", now, parts)],
        )
        .await;
    let revision = bench.app.store().register_revision().await.unwrap();
    bench.app.reconcile_once().await.unwrap();
    assert_eq!(
        age(&bench).await,
        "within",
        "made in 2024, so in use since 2024 at the earliest"
    );
    assert_eq!(
        bench.app.store().register_revision().await.unwrap(),
        revision
    );
    let asset = bench.get(&token, "/api/v1/assets/R-1").await.ok();
    assert_eq!(asset["spec"]["dates"], json!([]), "nothing was written");
}
