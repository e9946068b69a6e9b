//! The audit log: append-only, and one changed byte is found.
//!
//! **Room:** tests of layer 1.

mod support;

use rusqlite::Connection;
use serde_json::json;
use support::*;
use tw_store::{AuditEntry, AuditFilter, AuditOutcome, Store};

async fn with_rows(store: &Store, rows: u32) {
    for n in 0..rows {
        let entry = AuditEntry {
            author: author(),
            action: "http.refused".into(),
            subject: format!("device/d-{n}"),
            outcome: AuditOutcome::Refused,
            detail: json!({ "z": 1, "a": { "y": n, "b": "ổ cắm" } }),
        };
        let seq = store.audit_append(entry).await.expect("a row is appended");
        assert_eq!(seq, u64::from(n) + 1);
    }
}

#[tokio::test]
async fn rows_are_appended_and_read_newest_first() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    with_rows(&store, 5).await;
    let page = AuditFilter {
        limit: 2,
        before_seq: Some(5),
        ..AuditFilter::default()
    };
    let rows = store.audit_rows(&page).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [4, 3]);
    assert_eq!(rows[0].detail["a"]["y"], 3);
    let verdict = store.audit_verify().await.unwrap();
    assert_eq!((verdict.rows, verdict.broken), (5, None));
}

#[tokio::test]
async fn the_database_refuses_to_change_or_cut_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    with_rows(&store, 2).await;
    let db = Connection::open(store.data_dir().main_db()).unwrap();
    assert!(db.execute("UPDATE audit SET actor = 'x'", []).is_err());
    assert!(db.execute("DELETE FROM audit", []).is_err());
}

#[tokio::test]
async fn a_changed_missing_or_cut_row_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    with_rows(&store, 6).await;
    let db = Connection::open(store.data_dir().main_db()).unwrap();
    db.execute_batch("DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_cut;")
        .unwrap();
    db.execute_batch("CREATE TEMP TABLE kept AS SELECT * FROM audit")
        .unwrap();
    for (sql, seq) in [
        ("UPDATE audit SET at_ms = at_ms + 1 WHERE seq = 3", 3),
        ("UPDATE audit SET subject = 'device/d-9' WHERE seq = 4", 4),
        ("UPDATE audit SET address = '' WHERE seq = 2", 2),
        ("UPDATE audit SET outcome = 'done' WHERE seq = 1", 1),
        (
            "UPDATE audit SET detail = replace(detail, ':1', ': 1') WHERE seq = 5",
            5,
        ),
        ("UPDATE audit SET hash = zeroblob(32) WHERE seq = 6", 6),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 6", 6),
        ("DELETE FROM audit", 1),
    ] {
        db.execute(sql, []).unwrap();
        let broken = store.audit_verify().await.unwrap().broken;
        assert_eq!(broken.map(|b| b.seq), Some(seq), "{sql}");
        db.execute_batch("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept")
            .unwrap();
    }
    assert!(store.audit_verify().await.unwrap().broken.is_none());
}

#[tokio::test]
async fn one_changed_byte_in_the_file_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = {
        let store = open(dir.path());
        with_rows(&store, 3).await;
        // All pages into the database itself.
        let db = Connection::open(store.data_dir().main_db()).unwrap();
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        store.data_dir().main_db()
    };
    let bytes = std::fs::read(&path).unwrap();
    let needle = b"http.refused";
    let place = bytes
        .windows(needle.len())
        .position(|w| w == needle)
        .unwrap();
    let mut changed = bytes.clone();
    changed[place] ^= 1;
    let copy = tempfile::tempdir().unwrap();
    std::fs::write(copy.path().join("main.db"), &changed).unwrap();
    let store = open(copy.path());
    assert!(store.audit_verify().await.unwrap().broken.is_some());
}
