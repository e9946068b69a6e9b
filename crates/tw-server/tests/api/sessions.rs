//! Signing in, staying in, getting out.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench, MINUTE_MS};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::{Value, json};
use tw_server::Offline;
use tw_units::WallClock;

const HOST: &str = "127.0.0.1:8420";

async fn send(bench: &Bench, cookie: &str, method: Method, path: &str, body: Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", HOST)
        .header("origin", format!("http://{HOST}"))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .header("cookie", cookie)
        .body(Body::from(body.to_string()))
        .unwrap();
    bench.send(request).await
}

async fn sign_in(bench: &Bench, body: Value) -> Answer {
    send(bench, "", Method::POST, "/api/v1/session", body).await
}

fn cookie(answer: &Answer) -> String {
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

async fn first_link(bench: &Bench) -> String {
    let wall = WallClock::fixed(bench.now());
    let offline = Offline::open(bench.data(), wall).unwrap();
    let link = offline.link("admin").await.unwrap();
    link.path.split_once('#').unwrap().1.to_owned()
}

#[tokio::test]
async fn a_link_works_once_and_leads_to_a_password() {
    let bench = Bench::new().await;
    let secret = first_link(&bench).await;
    let link = json!({"method": "link", "secret": secret});
    let signed_in = sign_in(&bench, link.clone()).await;
    let first = cookie(&signed_in);
    let session = signed_in.ok();
    assert_eq!(
        (&session["name"], &session["needs_password"]),
        (&"admin".into(), &true.into())
    );
    assert_eq!(
        sign_in(&bench, link).await.code(),
        "sign_in_failed",
        "a link works once"
    );
    let path = "/api/v1/session/password";
    let short = send(&bench, &first, Method::PUT, path, json!({"new": "short"})).await;
    assert_eq!(short.json()["params"]["field"], "new");
    let new = json!({"new": "ba con voi trắng"});
    assert_eq!(
        send(&bench, &first, Method::PUT, path, new).await.status,
        StatusCode::NO_CONTENT
    );
    let me = send(&bench, &first, Method::GET, "/api/v1/session", json!({})).await;
    assert_eq!(
        me.code(),
        "session_ended",
        "a new password ends every session"
    );
    let by_name = json!({"method": "password", "name": "admin", "password": "ba con voi trắng"});
    let second = sign_in(&bench, by_name).await;
    let second = cookie(&second);
    assert_ne!(first, second, "a sign-in has a new secret");
    let out = send(
        &bench,
        &second,
        Method::DELETE,
        "/api/v1/session",
        json!({}),
    )
    .await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    let me = send(&bench, &second, Method::GET, "/api/v1/session", json!({})).await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_ends_when_it_rests_and_in_any_case() {
    let bench = Bench::new().await;
    for (rests, minutes, step) in [(true, 31, 31), (false, 12 * 60, 20)] {
        let link = json!({"method": "link", "secret": first_link(&bench).await});
        let cookie = cookie(&sign_in(&bench, link).await);
        let mut passed = 0;
        let mut last = StatusCode::OK;
        while passed < minutes {
            assert_eq!(
                last,
                StatusCode::OK,
                "after {passed} minutes, rests: {rests}"
            );
            bench.later(step * MINUTE_MS);
            passed += step;
            let me = send(&bench, &cookie, Method::GET, "/api/v1/session", json!({})).await;
            last = me.status;
        }
        assert_eq!(last, StatusCode::UNAUTHORIZED, "rests: {rests}");
    }
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let bench = Bench::new().await;
    let guess = json!({"method": "password", "name": "admin", "password": "guess"});
    let mut codes = Vec::new();
    for _ in 0..6 {
        codes.push(sign_in(&bench, guess.clone()).await);
    }
    let words: Vec<String> = codes.iter().map(Answer::code).collect();
    assert_eq!(words[..4], ["sign_in_failed"; 4]);
    assert_eq!(words[4..], ["slow_down"; 2]);
    assert_eq!(codes[4].headers["retry-after"], "2");
}

#[tokio::test]
async fn a_write_from_another_site_is_refused() {
    let bench = Bench::new().await;
    let link = json!({"method": "link", "secret": first_link(&bench).await});
    let cookie = cookie(&sign_in(&bench, link).await);
    let request = Request::post("/api/v1/tokens")
        .header("host", HOST)
        .header("origin", "https://evil.example")
        .header("content-type", "application/json")
        .header("cookie", &cookie)
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(bench.send(request).await.code(), "cross_site");
    // A form cannot send JSON, and anything else is not read.
    let request = Request::post("/api/v1/tokens")
        .header("host", HOST)
        .header("origin", format!("http://{HOST}"))
        .header("content-type", "text/plain")
        .header("cookie", &cookie)
        .body(Body::from("{}"))
        .unwrap();
    assert_eq!(
        bench.send(request).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
}

#[tokio::test]
async fn credentials_are_written_and_never_shown() {
    let bench = Bench::new().await;
    let link = json!({"method": "link", "secret": first_link(&bench).await});
    let cookie = cookie(&sign_in(&bench, link).await);
    let path = "/api/v1/credentials/core";
    let write = json!({"snmp_version": "2c", "community": "very-secret-community"});
    let made = send(&bench, &cookie, Method::PUT, path, write).await;
    assert!(!made.text.contains("very-secret"), "{}", made.text);
    let made = made.ok();
    assert_eq!(
        (&made["spec"]["source"], &made["status"]["usable"]),
        (&"sealed".into(), &true.into())
    );
    for path in ["/api/v1/credentials", "/api/v1/audit"] {
        let shown = send(&bench, &cookie, Method::GET, path, json!({})).await;
        assert!(
            shown.text.contains("core") && !shown.text.contains("very-secret"),
            "{path}"
        );
    }
    let owned = json!({"snmp_version": "2c", "community": "x", "version": 1});
    let answer = send(
        &bench,
        &cookie,
        Method::PUT,
        "/api/v1/credentials/v2c",
        owned,
    )
    .await;
    assert_eq!(answer.code(), "owned_by_file");
}
