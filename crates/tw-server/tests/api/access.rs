//! Nobody reads or writes beyond role and scope, and the audit log has every refusal.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench, MINUTE_MS, all_up, seen};
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use tw_api::{Info, Permission, Reach, Role, Thing, endpoints};
use tw_ingest::seen::{Identity, Seen};
use tw_store::{AuditFilter, GrantScope};

fn method(info: &Info) -> Method {
    Method::from_bytes(info.method.as_str().to_uppercase().as_bytes()).unwrap()
}

/// The path of an endpoint for something at a site.
fn path(info: &Info, site: &str) -> String {
    let unit = if site == "mic" { "net" } else { "hr" };
    let id = match info.reach {
        Reach::One(Thing::Site) => site.to_owned(),
        Reach::One(Thing::Rack) => format!("{site}-rack"),
        Reach::One(Thing::Device) => format!("{site}-r1"),
        Reach::One(Thing::Interface) => format!("{site}-r1:Gi0-1"),
        Reach::One(Thing::Sensor) => format!("{site}-r1:x"),
        Reach::One(Thing::Circuit) => "c1".to_owned(),
        Reach::One(Thing::Asset) => format!("A-{site}"),
        Reach::One(Thing::Discrepancy | Thing::StockTake) => number(site).to_owned(),
        Reach::One(Thing::Collector) => format!("col-{site}"),
        Reach::One(Thing::Unit) => unit.to_owned(),
        Reach::One(Thing::Maintenance) => maintenance(site).to_owned(),
        Reach::One(Thing::Person) => format!("p-{unit}"),
        _ => "x".to_owned(),
    };
    info.path.replace("{id}", &id).replace("{tag}", &id)
}

/// The request that the walk makes for each site.
fn maintenance(site: &str) -> &'static str {
    if site == "mic" {
        "M-2026-0001"
    } else {
        "M-2026-0002"
    }
}

/// Asks for maintenance at both sites, so that there is something to reach for.
async fn with_maintenance(bench: &Bench) {
    let admin = bench.token("admin", GrantScope::All).await;
    for site in ["mic", "vnta"] {
        let spec = json!({"site": site, "title": "Test of the battery", "components": [format!("{site}-ups")],
            "from": "2026-11-29T15:00:00Z", "to": "2026-11-29T16:00:00Z"});
        let made = bench
            .call(
                &admin,
                Method::POST,
                "/api/v1/maintenance",
                Some(json!({ "spec": spec })),
            )
            .await
            .ok();
        assert_eq!(made["id"], maintenance(site));
    }
}

/// The discrepancy and the stock-take of each site.
fn number(site: &str) -> &'static str {
    if site == "mic" { "1" } else { "2" }
}

/// A discrepancy and a stock-take at both sites, so that there is something to reach for.
async fn with_stock(bench: &mut Bench) {
    let admin = bench.token("admin", GrantScope::All).await;
    let now = bench.now();
    for (collector, site) in [("col-mic", "mic"), ("col-vnta", "vnta")] {
        let device = format!("{site}-r1");
        let identity = Seen::Identity(Identity {
            sys_name: device.clone(),
            ..Identity::default()
        });
        bench
            .deliver(collector, vec![seen(&device, now, identity)])
            .await;
        bench.app.reconcile_once().await.unwrap();
        let body = json!({"name": site, "scope": {"kind": "site", "id": site}});
        let made = bench
            .call(&admin, Method::POST, "/api/v1/stocktakes", Some(body))
            .await;
        assert_eq!(made.ok()["id"], number(site));
        let found = bench
            .get(&admin, &format!("/api/v1/discrepancies/{}", number(site)))
            .await;
        assert_eq!(found.ok()["discrepancy"]["site"], site);
    }
}

async fn ask(bench: &Bench, info: &Info, token: &str, site: &str) -> Answer {
    let mut path = path(info, site);
    if info.parameter_names().contains(&"version".to_owned()) {
        path.push_str("?version=999");
    }
    let body = info.has_body().then(|| json!({"nonsense": true}));
    bench.call(token, method(info), &path, body).await
}

/// What a caller of a role and scope must get for something at a site.
fn expected(info: &Info, role: Role, scope: &GrantScope, site: &str) -> Option<StatusCode> {
    if info.permission == Permission::Public {
        return None;
    }
    if !role.may(info.permission) {
        return Some(StatusCode::FORBIDDEN);
    }
    let sees = match (info.reach, scope) {
        (_, GrantScope::All) => true,
        (Reach::Whole, _) => return Some(StatusCode::FORBIDDEN),
        (Reach::One(Thing::Alert), _) => false,
        (Reach::One(Thing::Circuit), GrantScope::Site(_)) => true,
        (Reach::One(Thing::Unit | Thing::Person), GrantScope::Site(_)) => false,
        (Reach::One(Thing::Unit | Thing::Person | Thing::Asset), GrantScope::Unit(_)) => {
            site == "mic"
        }
        (Reach::One(_), GrantScope::Site(own)) => own == site,
        (Reach::One(_), GrantScope::Unit(_)) => false,
        _ => true,
    };
    (!sees).then_some(StatusCode::NOT_FOUND)
}

const REFUSED: [StatusCode; 2] = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];

#[tokio::test]
async fn every_path_for_every_role_and_scope() {
    let mut bench = Bench::new().await;
    let now = bench.now();
    for (collector, site) in [("col-mic", "mic"), ("col-vnta", "vnta")] {
        bench.deliver(collector, all_up(site, now)).await;
    }
    with_maintenance(&bench).await;
    with_stock(&mut bench).await;
    let scopes = [
        GrantScope::All,
        GrantScope::Site("mic".to_owned()),
        GrantScope::Unit("it".to_owned()),
    ];
    let mut refusals = 0;
    for role in Role::ALL
        .into_iter()
        .filter(|role| *role != Role::Collector)
    {
        for scope in &scopes {
            let token = bench.token(role.as_str(), scope.clone()).await;
            bench.later(MINUTE_MS);
            for info in endpoints::all() {
                for site in ["mic", "vnta"] {
                    let answer = ask(&bench, &info, &token, site).await;
                    let what = format!("{} as {role:?} of {scope:?} at {site}", info.id);
                    match expected(&info, role, scope, site) {
                        Some(status) => assert_eq!(answer.status, status, "{what}"),
                        None => assert!(!REFUSED.contains(&answer.status), "{what}: {answer:?}"),
                    }
                    assert!(answer.status.as_u16() < 500, "{what}: {answer:?}");
                    assert_stays_inside(&info, scope, &answer, &what);
                    // A missing alert is missing for everybody: that is no refusal.
                    let scoped_away = answer.status == StatusCode::NOT_FOUND
                        && matches!(info.reach, Reach::One(thing) if thing != Thing::Alert)
                        && expected(&info, role, scope, site) == Some(StatusCode::NOT_FOUND);
                    refusals += u64::from(REFUSED.contains(&answer.status) || scoped_away);
                }
            }
        }
    }
    let refused = count_refused(&bench).await;
    assert_eq!(refused, refusals, "every refusal is in the audit log");
    assert!(refusals > 500, "the walk met refusals");
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

/// A list for a site or a unit never names the other site.
#[track_caller]
fn assert_stays_inside(info: &Info, scope: &GrantScope, answer: &Answer, what: &str) {
    if info.reach != Reach::Filtered || !answer.status.is_success() {
        return;
    }
    let others: &[&str] = match scope {
        GrantScope::All => return,
        // A circuit names both its ends, whoever sees it.
        GrantScope::Site(_) if matches!(info.id, "CircuitList" | "OverviewGet") => {
            &["vnta-s1", "A-vnta", "col-vnta"]
        }
        GrantScope::Site(_) => &["vnta-r1", "vnta-s1", "A-vnta", "col-vnta", "\"vnta\""],
        GrantScope::Unit(_) => &["vnta", "mic-r1", "mic-s1", "col-mic"],
    };
    for other in others {
        assert!(
            !answer.text.contains(other),
            "{what} says {other}: {}",
            answer.text
        );
    }
}

async fn count_refused(bench: &Bench) -> u64 {
    let mut count = 0;
    let mut filter = AuditFilter {
        limit: 1_000,
        ..AuditFilter::default()
    };
    loop {
        let rows = bench.app.store().audit_rows(&filter).await.unwrap();
        let Some(last) = rows.last() else {
            return count;
        };
        filter.before_seq = Some(last.seq);
        count += rows.iter().filter(|row| row.outcome == "refused").count() as u64;
    }
}

#[tokio::test]
async fn strangers_and_collectors_get_nothing_but_what_is_public() {
    let bench = Bench::new().await;
    let collector = bench.collector_token("col-mic").await;
    for info in endpoints::all() {
        let stranger = ask(&bench, &info, "", "mic").await;
        let forged = ask(&bench, &info, "tw_aaaaaaaaaaaa_bbbb", "mic").await;
        let own = ask(&bench, &info, &collector, "mic").await;
        match info.permission {
            Permission::Public => {}
            Permission::Ingest => assert_eq!(stranger.status, StatusCode::UNAUTHORIZED),
            _ => {
                for answer in [&stranger, &forged] {
                    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", info.id);
                }
                assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", info.id);
            }
        }
    }
}

fn device(site: &str) -> Value {
    json!({"id": "new-1", "spec": {"name": "New", "class": "switch", "site": site,
        "address": "127.0.9.9:16100"}})
}

#[tokio::test]
async fn an_engineer_of_one_site_writes_there_and_nowhere_else() {
    let bench = Bench::new().await;
    let scope = GrantScope::Site("mic".to_owned());
    let token = bench.token("network_engineer", scope).await;
    let add = |site| bench.call(&token, Method::POST, "/api/v1/devices", Some(device(site)));
    assert_eq!(add("vnta").await.code(), "not_in_scope");
    let made = add("mic").await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    // Moving it out of the scope is a write there, too.
    let mut moved = made.json();
    moved["spec"]["site"] = json!("vnta");
    let edit = json!({"version": moved["version"], "spec": moved["spec"]});
    let answer = bench
        .call(&token, Method::PUT, "/api/v1/devices/new-1", Some(edit))
        .await;
    assert_eq!(answer.code(), "not_in_scope");
    let newest = AuditFilter {
        limit: 10,
        ..AuditFilter::default()
    };
    let rows = bench.app.store().audit_rows(&newest).await.unwrap();
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.action.as_str(), row.outcome.as_str()))
        .collect();
    assert!(told.contains(&("register.create", "done")), "{told:?}");
    assert_eq!(
        told.iter()
            .filter(|(_, outcome)| *outcome == "refused")
            .count(),
        2
    );
    assert!(
        rows.iter()
            .all(|row| row.request_id.is_some() || row.outcome == "done")
    );
}

#[tokio::test]
async fn one_changed_byte_of_the_log_is_found() {
    let bench = Bench::new().await;
    let auditor = bench.token("auditor", GrantScope::All).await;
    let verify = || bench.get(&auditor, "/api/v1/audit/verify");
    assert_eq!(verify().await.ok()["intact"], true);
    let db = rusqlite::Connection::open(bench.data().join("main.db")).unwrap();
    db.execute_batch(
        "DROP TRIGGER audit_is_never_changed;
         UPDATE audit SET detail = replace(detail, 'version', 'versiom') WHERE seq = 3",
    )
    .unwrap();
    let verdict = verify().await.ok();
    assert_eq!(verdict["intact"], false, "{verdict}");
    assert_eq!(verdict["first_bad_seq"], 3);
}

#[tokio::test]
async fn a_stale_write_is_a_conflict_and_a_wrong_one_names_the_field() {
    let bench = Bench::new().await;
    let token = bench.token("admin", GrantScope::All).await;
    let seen = bench.get(&token, "/api/v1/devices/mic-s1").await.ok();
    let edit = |version: &Value, change: &dyn Fn(&mut Value)| {
        let mut spec = seen["spec"].clone();
        change(&mut spec);
        Some(json!({"version": version, "spec": spec}))
    };
    let put = |body| bench.call(&token, Method::PUT, "/api/v1/devices/mic-s1", body);
    let renamed = put(edit(&seen["version"], &|spec| spec["name"] = json!("S")))
        .await
        .ok();
    assert_eq!(renamed["spec"]["name"], "S");
    let stale = put(edit(&seen["version"], &|spec| spec["name"] = json!("T"))).await;
    assert_eq!(
        (stale.status, stale.code()),
        (StatusCode::CONFLICT, "stale_version".to_owned())
    );
    assert_eq!(
        stale.json()["params"]["current_version"],
        renamed["version"]
    );
    let wrong = put(edit(&renamed["version"], &|spec| {
        spec["credential"] = json!("none")
    }))
    .await;
    assert_eq!(
        wrong.json()["params"]["field"],
        "credential",
        "{}",
        wrong.text
    );
    let overlap = put(edit(&renamed["version"], &|spec| spec["u"] = json!(10))).await;
    assert_eq!(
        overlap.json()["params"]["reason"],
        "overlapping_units",
        "{}",
        overlap.text
    );
}
