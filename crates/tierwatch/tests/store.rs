//! `backup`, `restore`, `doctor` and `audit verify` through the real program, beside an open
//! store.
//!
//! **Room:** tests of layer 3.

use serde_json::Value;
use std::{
    path::Path,
    process::{Command, Output},
};
use tw_store::{AuditEntry, AuditOutcome, Author, Store, StoreSettings};
use tw_units::{Timestamp, WallClock};

#[expect(clippy::disallowed_methods, reason = "the test starts our own program")]
fn tierwatch(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tierwatch"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("our own program starts")
}

#[track_caller]
fn check(folder: &Path, arguments: &str, code: i32) -> Value {
    let output = tierwatch(folder, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_copied_beside_its_server_put_back_and_looked_over() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    check(folder, "doctor --data absent --json", 2);
    check(folder, "backup --data absent --to copy.db", 2);
    let clock = WallClock::fixed("2026-11-22T03:00:00Z".parse::<Timestamp>().unwrap());
    let store = Store::open(&StoreSettings::server(folder.join("data")), clock).unwrap();
    let entry = AuditEntry {
        author: Author::local("cli:tester"),
        action: "http.refused".into(),
        subject: "device/a".into(),
        outcome: AuditOutcome::Refused,
        detail: Value::Null,
    };
    store.audit_append(entry.clone()).await.unwrap();

    let copy = check(folder, "backup --data data --to copy.db --json", 0);
    assert_eq!(copy["audit_rows"], 1);
    check(folder, "backup --data data --to copy.db", 2);
    check(folder, "restore copy.db --data data --replace", 1);
    let doctor = check(folder, "doctor --data data --json", 0);
    assert!(
        doctor["findings"].as_array().unwrap().len() >= 10,
        "{doctor}"
    );
    store.audit_append(entry).await.unwrap();
    assert_eq!(
        check(folder, "audit verify --data data --json", 0)["rows"],
        2
    );
    store.close().await;

    check(folder, "restore copy.db --data data", 2);
    let back = check(folder, "restore copy.db --data data --replace --json", 0);
    assert_eq!(back["secrets_open"], true);
    assert_eq!(
        check(folder, "audit verify --data data --json", 0)["rows"],
        1
    );

    let db = rusqlite::Connection::open(folder.join("data/main.db")).unwrap();
    db.execute_batch("DROP TRIGGER audit_is_never_changed; UPDATE audit SET actor = 'cli:testes'")
        .unwrap();
    assert_eq!(
        check(folder, "audit verify --data data --json", 3)["broken"]["seq"],
        1
    );
    assert_eq!(
        check(folder, "doctor --data data --json", 3)["level"],
        "problem"
    );
    check(folder, "backup --data data --to second.db", 1);
}
