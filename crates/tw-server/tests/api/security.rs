//! Findings, information systems, IPv6 readiness and sources, over the API.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, START, seen};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use tw_ingest::seen::{Identity, Seen};
use tw_model::{Absent, Item, Kind, Register, plan};
use tw_store::{Author, GrantScope};

/// The bench with two systems, one with a level and an address of IPv6.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    let item = |kind, value: Value| Item {
        kind,
        id: value["id"].as_str().unwrap().to_owned(),
        value,
    };
    let wanted = Register::from_items([
        item(
            Kind::SecurityLevel,
            json!({"id": "l3", "level": 3, "name": {"en": "Level 3"}, "source": "Article 9"}),
        ),
        item(
            Kind::Service,
            json!({"id": "mail", "name": {"en": "Mail"}, "kind": "email", "site": "mic",
                "unit": "net", "runs_on": ["mic-s1"]}),
        ),
        item(
            Kind::InformationSystem,
            json!({"id": "mail-system", "name": {"en": "Mail"}, "unit": "net", "level": 3,
                "services": ["mail"], "addresses": ["2001:db8::1"]}),
        ),
        item(
            Kind::InformationSystem,
            json!({"id": "far", "name": {"en": "Far"}, "unit": "hr", "devices": ["vnta-r1"]}),
        ),
    ])
    .unwrap();
    let plan = plan(&wanted, &Register::default(), Absent::Keep);
    let author = Author::local("test");
    bench
        .app
        .store()
        .apply_plan(plan, None, &author)
        .await
        .unwrap();
    bench.app.reload_register().await.unwrap();
    bench
}

#[tokio::test]
async fn weak_snmp_is_found_on_the_devices_of_the_callers_scope_with_the_systems_at_risk() {
    let bench = bench().await;
    let all = bench.token("auditor", GrantScope::All).await;
    let found = bench.get(&all, "/api/v1/findings").await.ok();
    assert_eq!(found["total"], 6, "six devices are polled with a community");
    let first = &found["items"][0];
    assert_eq!(
        first["id"], "snmp_clear_text:mic-s1",
        "the highest level first"
    );
    assert_eq!(
        (&first["level"], &first["evidence"]["version"]),
        (&json!(3), &json!("2c"))
    );
    assert_eq!(first["systems"], json!(["mail-system"]));
    let here = bench
        .token("viewer", GrantScope::Site("mic".to_owned()))
        .await;
    let found = bench.get(&here, "/api/v1/findings").await.ok();
    assert_eq!(found["total"], 3);
    let csv = bench.get(&all, "/api/v1/findings?format=csv").await;
    assert_eq!(csv.text.lines().count(), 7);
    let none = bench
        .get(&all, "/api/v1/findings?system=far&severity=high")
        .await
        .ok();
    assert_eq!(none["total"], 0);
}

#[tokio::test]
async fn a_finding_is_accepted_with_a_reason_until_a_day_and_comes_back_after_it() {
    let bench = bench().await;
    let admin = bench.token("admin", GrantScope::All).await;
    let path = "/api/v1/findings/snmp_clear_text:mic-r1/waive";
    let waive = |body: Value| bench.call(&admin, Method::POST, path, Some(body));
    for bad in [
        json!({"reason": "old agent"}),
        json!({"reason": " ", "until": "2026-12-31"}),
        json!({"reason": "x", "until": "2026-11-01"}),
        json!({"reason": "x", "until": "2028-01-01"}),
    ] {
        let answer = waive(bad.clone()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    let kept = waive(json!({"reason": "old agent", "until": "2026-11-30"}))
        .await
        .ok();
    assert_eq!(kept["waiver"]["reason"], "old agent");
    let open = "/api/v1/findings?waived=false";
    assert_eq!(bench.get(&admin, open).await.ok()["total"], 5);
    assert!(START < "2026-11-30");
    bench.later(10 * 86_400_000);
    assert_eq!(
        bench.get(&admin, open).await.ok()["total"],
        6,
        "the day is over"
    );
    let strange = "/api/v1/findings/snmp_clear_text:nobody/waive";
    let missing = bench
        .call(&admin, Method::POST, strange, Some(json!({})))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let audit = bench
        .get(
            &admin,
            "/api/v1/audit?subject=finding/snmp_clear_text:mic-r1",
        )
        .await;
    assert_eq!(audit.ok()["items"][0]["action"], "finding.waive");
}

#[tokio::test]
async fn systems_have_their_level_their_devices_and_their_open_findings() {
    let bench = bench().await;
    let all = bench.token("viewer", GrantScope::All).await;
    let found = bench.get(&all, "/api/v1/systems?level=3").await.ok();
    assert_eq!(found["total"], 1);
    let system = &found["items"][0];
    assert_eq!(system["devices"], json!(["mic-s1"]), "through its service");
    assert_eq!(
        (&system["findings"], &system["worst"]),
        (&json!(1), &json!("medium"))
    );
    assert_eq!(system["decision"], Value::Null);
    let levels = bench.get(&all, "/api/v1/security-levels").await.ok();
    assert_eq!(levels["items"][0]["systems"], 1);
    assert_eq!(levels["items"][0]["source"], "Article 9");
    let hr = bench
        .token("viewer", GrantScope::Unit("hr".to_owned()))
        .await;
    let found = bench.get(&hr, "/api/v1/systems").await.ok();
    assert_eq!(
        (&found["total"], &found["items"][0]["id"]),
        (&json!(1), &json!("far"))
    );
}

#[tokio::test]
async fn what_is_not_known_is_not_counted_as_ready_for_ipv6() {
    let bench = bench().await;
    let all = bench.token("viewer", GrantScope::All).await;
    let report = bench.get(&all, "/api/v1/reports/ipv6").await.ok();
    assert_eq!(
        report["devices"]["unknown"], 6,
        "only the agents' addresses are known"
    );
    assert_eq!(
        (&report["devices"]["ready"], &report["devices"]["total"]),
        (&json!(0), &json!(6))
    );
    assert_eq!(
        report["services"]["unknown"], 1,
        "its address is ready, its device unknown"
    );
    let rows = report["rows"].as_array().unwrap();
    let mail = rows.iter().find(|row| row["id"] == "mail").unwrap();
    assert_eq!(mail["parts"], json!(["mic-s1: unknown"]));
}

#[tokio::test]
async fn a_source_is_listed_asked_once_and_unknown_ones_are_missing() {
    let bench = Bench::with(|settings| {
        let netbox = json!({"url": "http://127.0.0.1:9", "token_env": "TW_TEST_NO_SUCH_TOKEN"});
        settings.netbox = vec![serde_json::from_value(netbox).unwrap()];
    })
    .await;
    let admin = bench.token("admin", GrantScope::All).await;
    let found = bench.get(&admin, "/api/v1/sources").await.ok();
    assert_eq!(
        (&found["total"], &found["items"][0]["busy"]),
        (&json!(1), &json!(false))
    );
    let owned = found["items"][0]["owned_fields"].as_array().unwrap();
    assert!(owned.contains(&json!("serial")) && !owned.contains(&json!("dates")));
    let sync = |id: &str| {
        let path = format!("/api/v1/sources/{id}/sync");
        let (bench, admin) = (&bench, &admin);
        async move {
            let body = Some(json!({"dry_run": true}));
            bench.call(admin, Method::POST, &path, body).await
        }
    };
    assert_eq!(sync("netbox").await.ok()["busy"], true);
    assert_eq!(sync("netbox").await.code(), "source_busy");
    assert_eq!(sync("other").await.status, StatusCode::NOT_FOUND);
    let of_asset = bench.get(&admin, "/api/v1/assets/A-mic/sources").await.ok();
    assert_eq!(of_asset["items"], json!([]));
}

#[tokio::test]
async fn firmware_whose_maker_gave_it_up_is_found_on_the_asset_from_what_the_device_says() {
    let mut bench = Bench::new().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../inventory");
    let wanted = tw_config::load(std::path::Path::new(folder))
        .unwrap()
        .register;
    assert!(wanted.firmware.len() > 5, "the policy names trains");
    for entry in wanted.firmware.values() {
        assert!(
            !entry.source.is_empty() && entry.checked_on.is_some(),
            "{}",
            entry.id
        );
    }
    let mut item = Register {
        firmware: wanted.firmware,
        ..Register::default()
    };
    let asset = json!({"tag": "A-r1", "class": "router", "status": "deployed",
        "device": "mic-r1", "place": {"site": "mic"}});
    item.insert(Item {
        kind: Kind::Asset,
        id: "A-r1".to_owned(),
        value: asset,
    })
    .unwrap();
    let plan = plan(&item, &Register::default(), Absent::Keep);
    let author = Author::local("test");
    bench
        .app
        .store()
        .apply_plan(plan, None, &author)
        .await
        .unwrap();
    bench.app.reload_register().await.unwrap();
    let token = bench.token("auditor", GrantScope::All).await;
    let path = "/api/v1/findings?rule=firmware_unsupported";
    assert_eq!(
        bench.get(&token, path).await.ok()["total"],
        0,
        "nothing was seen yet"
    );
    let says = |version: &str| {
        Seen::Identity(Identity {
            vendor: Some("Cisco".to_owned()),
            model: Some("C9300-24T".to_owned()),
            version: Some(version.to_owned()),
            ..Identity::default()
        })
    };
    let now = bench.now();
    bench
        .deliver(
            "col-mic",
            vec![
                seen("mic-r1", now, says("17.9.5")),
                seen("mic-s1", now, says("17.15.2")),
            ],
        )
        .await;
    let found = bench.get(&token, path).await.ok();
    assert_eq!(found["total"], 1, "17.15 is still cared for: {found}");
    let one = &found["items"][0];
    assert_eq!(
        (&one["device"], &one["asset"]),
        (&json!("mic-r1"), &json!("A-r1"))
    );
    assert_eq!(one["severity"], "high");
    let evidence = &one["evidence"];
    assert_eq!(
        (&evidence["version"], &evidence["until"]),
        (&json!("17.9.5"), &json!("2026-07-29"))
    );
    assert!(
        evidence["source"].as_str().unwrap().contains("17.9"),
        "{evidence}"
    );
    let later = bench.now().plus_millis(60_000);
    bench.later(60_000);
    bench
        .deliver("col-mic", vec![seen("mic-r1", later, says("17.15.2"))])
        .await;
    assert_eq!(
        bench.get(&token, path).await.ok()["total"],
        0,
        "after the update it is gone"
    );
}

#[tokio::test]
async fn the_addresses_of_a_collectors_machine_make_its_device_known_for_ipv6() {
    let mut bench = bench().await;
    let register = bench.app.store().load_register().await.unwrap().register;
    let mut device = register.devices.get("mic-s1").unwrap().clone();
    device.ip = vec!["10.1.0.5".parse().unwrap()];
    let item = Item {
        kind: Kind::Device,
        id: "mic-s1".to_owned(),
        value: serde_json::to_value(&device).unwrap(),
    };
    let author = Author::local("test");
    bench
        .app
        .store()
        .put_item(item, None, &author)
        .await
        .unwrap();
    bench.app.reload_register().await.unwrap();
    let all = bench.token("viewer", GrantScope::All).await;
    let ready = "/api/v1/reports/ipv6?kind=device&readiness=ready";
    assert_eq!(
        bench.get(&all, ready).await.ok()["total"],
        0,
        "one address of IPv4 is recorded"
    );
    let facts = |addresses: &[&str]| {
        let rows = addresses
            .iter()
            .map(|one| json!({"link": "eth0", "address": one}));
        Seen::Host {
            facts: json!({"addresses": rows.collect::<Vec<_>>()}),
        }
    };
    let now = bench.now();
    let host = facts(&[
        "127.0.0.1/8",
        "::1/128",
        "10.1.0.5/24",
        "2001:db8:1::5/64",
        "fe80::5/64",
    ]);
    bench
        .deliver("col-mic", vec![seen("host:col-mic", now, host)])
        .await;
    let found = bench.get(&all, ready).await.ok();
    assert_eq!(
        (&found["total"], &found["rows"][0]["id"]),
        (&json!(1), &json!("mic-s1"))
    );
    assert_eq!(found["rows"][0]["complete"], true);
    let services = "/api/v1/reports/ipv6?kind=service&readiness=ready";
    assert_eq!(
        bench.get(&all, services).await.ok()["total"],
        1,
        "and the service on it"
    );
    let wrong = bench.get(&all, "/api/v1/reports/ipv6?kind=printer").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}
