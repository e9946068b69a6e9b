//! Documents kept with assets: typed by content, saved and never shown, kept whole or not at all.
//!
//! **Room:** tests of `tw-server`.

use crate::bench::{Answer, Bench};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use tw_store::{GrantScope, limits};

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}

async fn attach(bench: &Bench, token: &str, (tag, name): (&str, &str), bytes: &[u8]) -> Answer {
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/api/v1/assets/{tag}/attachments?name={name}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/octet-stream")
        .body(Body::from(bytes.to_vec()))
        .unwrap();
    bench.send(request).await
}

#[tokio::test]
async fn a_document_is_kept_listed_saved_and_taken_away_and_all_of_it_is_audited() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    let pdf = b"%PDF-1.7\nh\xc3\xb3a \xc4\x91\xc6\xa1n".to_vec();
    let name = "h%C3%B3a%20%C4%91%C6%A1n.pdf&note=12/H%C4%90";
    let made = attach(&bench, &manager, ("A-mic", name), &pdf).await.ok();
    let hash = hex(&pdf);
    assert_eq!(
        [
            &made["name"],
            &made["media"],
            &made["sha256"],
            &made["note"]
        ],
        [
            &json!("hóa đơn.pdf"),
            &json!("application/pdf"),
            &json!(hash),
            &json!("12/HĐ")
        ]
    );
    // The same file elsewhere: two documents, one content.
    attach(&bench, &manager, ("A-vnta", "b.pdf"), &pdf)
        .await
        .ok();
    let path = format!("/api/v1/assets/A-mic/attachments/{}", made["id"]);
    let (media, bytes) = bench.bytes(&manager, &path).await;
    assert_eq!((media.as_str(), &bytes), ("application/pdf", &pdf));
    let saved = bench.get(&manager, &path).await;
    let disposition = saved.headers["content-disposition"].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment; filename="),
        "{disposition}"
    );
    assert_eq!(saved.headers["x-content-type-options"], "nosniff");
    let elsewhere = format!("/api/v1/assets/A-vnta/attachments/{}", made["id"]);
    assert_eq!(
        bench.get(&manager, &elsewhere).await.status,
        StatusCode::NOT_FOUND
    );

    let removed = bench.call(&manager, Method::DELETE, &path, None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(
        bench.get(&manager, &path).await.status,
        StatusCode::NOT_FOUND
    );
    let list = bench
        .get(&manager, "/api/v1/assets/A-mic/attachments")
        .await
        .ok();
    assert_eq!(list["items"], json!([]));
    let filter = tw_store::AuditFilter {
        limit: 100,
        ..tw_store::AuditFilter::default()
    };
    let rows = bench.app.store().audit_rows(&filter).await.unwrap();
    let of = |action: &str| rows.iter().filter(|row| row.action == action).count();
    assert_eq!(
        (of("asset.attachment.add"), of("asset.attachment.remove")),
        (2, 1)
    );
    let chain = bench.app.store().audit_verify().await.unwrap();
    assert!(chain.broken.is_none());
}

#[tokio::test]
async fn markup_with_a_script_is_plain_text_to_be_saved_and_a_program_is_refused() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    for (name, bytes) in [
        ("page.html", "<!doctype html><script>alert(1)</script>"),
        (
            "logo.svg",
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        ),
        ("picture.png", "<script>alert(1)</script>"),
    ] {
        let made = attach(&bench, &manager, ("A-mic", name), bytes.as_bytes())
            .await
            .ok();
        assert_eq!(made["media"], "text/plain; charset=utf-8", "{name}");
        let path = format!("/api/v1/assets/A-mic/attachments/{}", made["id"]);
        let saved = bench.get(&manager, &path).await;
        assert_eq!(saved.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(saved.headers["x-content-type-options"], "nosniff");
        let disposition = saved.headers["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment;"), "{disposition}");
        let policy = saved.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{policy}");
    }
    let program = attach(&bench, &manager, ("A-mic", "invoice.pdf"), b"MZ\x90\0\x03").await;
    assert_eq!(program.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let nothing = attach(&bench, &manager, ("A-mic", "x.pdf"), b"").await;
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
    let nameless = attach(&bench, &manager, ("A-mic", "..%2F"), b"text").await;
    assert_eq!(nameless.code(), "bad_parameter");
    let mut long = b"%PDF-".to_vec();
    long.resize(limits::ATTACHMENT_BYTES_MAX + 1, b' ');
    let long = attach(&bench, &manager, ("A-mic", "long.pdf"), &long).await;
    assert_eq!(long.code(), "too_large");
}

#[tokio::test]
async fn documents_are_bounded_and_for_those_who_may_see_people() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    for n in 0..limits::ATTACHMENTS_PER_ASSET_MAX {
        let text = format!("number {n}");
        attach(&bench, &manager, ("A-mic", "n.txt"), text.as_bytes())
            .await
            .ok();
    }
    let more = attach(&bench, &manager, ("A-mic", "n.txt"), b"one more").await;
    assert_eq!(more.code(), "too_many");
    let path = "/api/v1/assets/A-mic/attachments";
    let list = bench.get(&manager, path).await.ok();
    assert_eq!(list["items"].as_array().unwrap().len(), 50);
    let viewer = bench.token("viewer", GrantScope::All).await;
    assert_eq!(bench.get(&viewer, path).await.status, StatusCode::FORBIDDEN);
    let auditor = bench.token("auditor", GrantScope::All).await;
    bench.get(&auditor, path).await.ok();
    let refused = attach(&bench, &auditor, ("A-mic", "x.txt"), b"x").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_document_that_was_cut_off_is_not_listed_and_a_copy_of_the_store_has_the_others() {
    let bench = Bench::new().await;
    let manager = bench.token("asset_manager", GrantScope::All).await;
    attach(&bench, &manager, ("A-mic", "a.txt"), b"whole")
        .await
        .ok();
    // What a kill between the statements leaves: a transaction that was not committed.
    let db = rusqlite::Connection::open(bench.data().join("main.db")).unwrap();
    let hash = hex(b"half");
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    db.execute(
        "INSERT INTO attachment_content(sha256, bytes) VALUES (?1, ?2)",
        rusqlite::params![hash, b"half".to_vec()],
    )
    .unwrap();
    db.execute(
        "INSERT INTO attachment(tag, name, media, size_bytes, sha256, added_ms, added_by)
         VALUES ('A-mic', 'half.txt', 'text/plain', 4, ?1, 0, 'x')",
        [&hash],
    )
    .unwrap();
    drop(db);
    let list = bench
        .get(&manager, "/api/v1/assets/A-mic/attachments")
        .await
        .ok();
    let names: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["a.txt"]);

    let copy = bench.data().join("copy.db");
    bench.app.store().backup(copy.clone()).await.unwrap();
    let db = rusqlite::Connection::open(copy).unwrap();
    let kept: Vec<u8> = db
        .query_row(
            "SELECT bytes FROM attachment JOIN attachment_content USING (sha256)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(kept, b"whole");
}
