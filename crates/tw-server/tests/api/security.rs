//! Findings, information systems, IPv6 readiness and sources, over the API.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, START};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
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
