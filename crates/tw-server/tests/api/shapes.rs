//! The shape of answers: problems, pages, parameters, headers, documents.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Bench, all_up};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::json;
use tw_api::endpoints;
use tw_store::GrantScope;

#[tokio::test]
async fn every_endpoint_of_the_document_has_a_route_and_refuses_unknown_parameters() {
    let bench = Bench::new().await;
    let token = bench.token("admin", GrantScope::All).await;
    for info in endpoints::all() {
        if info.path.starts_with("/ingest/") {
            continue;
        }
        let path = info.path.replace("{id}", "x").replace("{tag}", "x");
        let method = Method::from_bytes(info.method.as_str().to_uppercase().as_bytes()).unwrap();
        let answer = bench
            .call(
                &token,
                method,
                &format!("{path}?nonsense=1"),
                Some(json!({})),
            )
            .await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{}: {}",
            info.id,
            answer.text
        );
        assert_eq!(answer.code(), "unknown_parameter", "{}", info.id);
        assert!(answer.json()["params"]["allowed"].is_array(), "{}", info.id);
    }
}

#[tokio::test]
async fn problems_are_problem_json_everywhere() {
    let bench = Bench::new().await;
    let token = bench.token("admin", GrantScope::All).await;
    let large = "x".repeat(300 * 1024);
    for (method, path, body, status, code) in [
        (Method::GET, "/api/v1/nothing", None, 404, "no_route"),
        (Method::GET, "/api/v1/devices/none", None, 404, "not_found"),
        (
            Method::DELETE,
            "/api/v1/devices",
            None,
            405,
            "method_not_allowed",
        ),
        (
            Method::POST,
            "/api/v1/users",
            Some(json!({"id": large})),
            413,
            "too_large",
        ),
        (
            Method::POST,
            "/api/v1/users",
            Some(json!({"x": 1})),
            400,
            "bad_body",
        ),
        (
            Method::GET,
            "/api/v1/devices?limit=5000",
            None,
            400,
            "bad_parameter",
        ),
        (
            Method::GET,
            "/api/v1/devices?sort=secret",
            None,
            400,
            "bad_parameter",
        ),
        (
            Method::GET,
            "/api/v1/devices?site=mic&site=vnta",
            None,
            400,
            "bad_parameter",
        ),
        (
            Method::GET,
            "/api/v1/sites/mic/availability?from=2026-11-22",
            None,
            400,
            "bad_parameter",
        ),
        (
            Method::GET,
            "/api/v1/reports/age?as_of=yesterday",
            None,
            400,
            "bad_parameter",
        ),
    ] {
        let answer = bench.call(&token, method.clone(), path, body).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{method} {path}: {}",
            answer.text
        );
        assert_eq!(
            answer.headers["content-type"], "application/problem+json",
            "{path}"
        );
        assert_eq!(answer.code(), code, "{path}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test]
async fn a_request_has_one_id_everywhere() {
    let bench = Bench::new().await;
    let answer = bench.get("", "/api/v1/devices").await;
    let id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.json()["request_id"], id.as_str());
    let auditor = bench.token("auditor", GrantScope::All).await;
    let log = bench.get(&auditor, "/api/v1/audit").await.ok();
    let refused = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["outcome"] == "refused");
    assert_eq!(refused.unwrap()["request_id"], id.as_str());
}

#[tokio::test]
async fn pages_follow_each_other() {
    let bench = Bench::new().await;
    let token = bench.token("viewer", GrantScope::All).await;
    let mut path = "/api/v1/devices?limit=4&sort=-id".to_owned();
    let mut ids = Vec::new();
    loop {
        let page = bench.get(&token, &path).await.ok();
        assert_eq!(page["total"], 6);
        ids.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|d| d["id"].clone()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => path = format!("/api/v1/devices?limit=4&sort=-id&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(
        ids,
        [
            "vnta-ups", "vnta-s1", "vnta-r1", "mic-ups", "mic-s1", "mic-r1"
        ]
    );
}

#[tokio::test]
async fn the_documents_of_a_small_organisation() {
    let mut bench = Bench::new().await;
    let token = bench.token("viewer", GrantScope::All).await;
    let now = bench.now();
    bench.deliver("col-mic", all_up("mic", now)).await;
    for (name, path) in [
        ("overview", "/api/v1/overview"),
        ("device", "/api/v1/devices/mic-r1"),
        ("rack", "/api/v1/racks/mic-rack"),
        ("age", "/api/v1/reports/age?as_of=2026-11-22"),
        ("asset", "/api/v1/assets/A-mic"),
        ("sd", "/api/v1/sd/prometheus"),
    ] {
        insta::assert_json_snapshot!(name, bench.get(&token, path).await.ok());
    }
}

#[tokio::test]
async fn who_holds_what_is_for_those_who_may_see_people() {
    let bench = Bench::new().await;
    let viewer = bench.token("viewer", GrantScope::All).await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    let custodian = async |token: &str| {
        bench.get(token, "/api/v1/assets/A-mic").await.ok()["spec"]["custodian"].clone()
    };
    assert_eq!(custodian(&viewer).await, json!(null));
    assert_eq!(custodian(&manager).await, "p-net");
}

#[tokio::test]
async fn the_console_is_served_and_routes_itself() {
    let bench = Bench::new().await;
    for path in ["/", "/devices/mic-r1", "/sign-in"] {
        let page = bench.get("", path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe-inline"));
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    }
    assert_eq!(
        bench.get("", "/_app/missing.js").await.status,
        StatusCode::NOT_FOUND
    );
    let request = Request::post("/devices").body(Body::empty()).unwrap();
    assert_eq!(
        bench.send(request).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}
