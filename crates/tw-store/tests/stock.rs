//! Discrepancies and stock-takes: what is kept, once, with its entry in the audit log.
//!
//! **Room:** tests of layer 1.

mod support;

use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering::SeqCst},
};
use support::{at, open};
use tw_store::{
    AuditFilter, Author, Decision, DecisionError, FoundDiscrepancy, NewStockTake, Reconciled,
    StockTakeError, Store, StoreSettings, StoredScan,
};
use tw_units::{Timestamp, WallClock};

fn author() -> Author {
    Author::local("job:reconcile")
}

fn found(asset: &str, kind: &str, observed: &str) -> FoundDiscrepancy {
    FoundDiscrepancy {
        subject: format!("asset/{asset}"),
        asset: Some(asset.to_owned()),
        target: Some("sw-1".to_owned()),
        kind: kind.to_owned(),
        field: "serial".to_owned(),
        recorded: Some("FOC1".to_owned()),
        observed: Some(observed.to_owned()),
        collected: Some(at(5)),
        body: json!({"proposal": "look", "evidence": []}),
    }
}

async fn actions(store: &Store) -> Vec<String> {
    let filter = AuditFilter {
        limit: 100,
        ..AuditFilter::default()
    };
    let rows = store.audit_rows(&filter).await.expect("rows");
    rows.into_iter().rev().map(|row| row.action).collect()
}

async fn take(store: &Store, all: Vec<FoundDiscrepancy>) -> Reconciled {
    store
        .reconcile_discrepancies(all, &author())
        .await
        .expect("kept")
}

#[tokio::test]
async fn the_same_findings_again_change_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    let all = vec![
        found("A", "serial_changed", "FOC9"),
        found("B", "model_differs", "X"),
    ];
    let first = take(&store, all.clone()).await;
    assert_eq!((first.opened, first.open), (2, 2));
    let before = store.discrepancies().await.expect("list");
    let second = take(&store, all).await;
    assert_eq!(
        (second.opened, second.changed, second.fixed, second.open),
        (0, 0, 0, 2)
    );
    assert_eq!(store.discrepancies().await.expect("list"), before);
    assert_eq!(
        actions(&store).await,
        ["discrepancy.open", "discrepancy.open"]
    );
}

#[tokio::test]
async fn what_is_not_found_any_more_is_fixed_and_opens_anew_when_it_comes_back() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    take(&store, vec![found("A", "serial_changed", "FOC9")]).await;
    let gone = take(&store, vec![]).await;
    assert_eq!((gone.fixed, gone.open), (1, 0));
    let back = take(&store, vec![found("A", "serial_changed", "FOC9")]).await;
    assert_eq!((back.opened, back.open), (1, 1));
    let list = store.discrepancies().await.expect("list");
    let states: Vec<&str> = list.iter().map(|one| one.status.as_str()).collect();
    assert_eq!(states, ["open", "fixed"], "the old one stays as history");
}

#[tokio::test]
async fn a_dismissed_one_opens_again_on_its_day_or_when_something_else_is_seen() {
    let dir = tempfile::tempdir().expect("a directory");
    let now = Arc::new(AtomicI64::new(at(0).as_millis()));
    let read = Arc::clone(&now);
    let clock = WallClock::new(move || Timestamp::from_millis(read.load(SeqCst)));
    let store = Store::open(&StoreSettings::server(dir.path()), clock).expect("open");
    take(&store, vec![found("A", "serial_changed", "FOC9")]).await;
    let known = store.discrepancies().await.expect("list").remove(0);
    let until = Decision::Dismissed { until: at(100) };
    let place = (known.id, known.version);
    store
        .decide_discrepancy(place, (until.clone(), Some("on order".into())), &author())
        .await
        .expect("kept");
    let stale = store
        .decide_discrepancy(place, (until, None), &author())
        .await;
    assert!(
        matches!(stale, Err(DecisionError::Stale { .. })),
        "{stale:?}"
    );
    assert_eq!(
        take(&store, vec![found("A", "serial_changed", "FOC9")])
            .await
            .open,
        0
    );
    assert_eq!(
        take(&store, vec![found("A", "serial_changed", "FOC7")])
            .await
            .open,
        1
    );
    let known = store.discrepancies().await.expect("list").remove(0);
    let until = Decision::Dismissed { until: at(100) };
    store
        .decide_discrepancy((known.id, known.version), (until, None), &author())
        .await
        .expect("kept");
    now.store(at(101).as_millis(), SeqCst);
    assert_eq!(
        take(&store, vec![found("A", "serial_changed", "FOC7")])
            .await
            .open,
        1
    );
}

#[tokio::test]
async fn a_settled_one_takes_no_decision() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    take(&store, vec![found("A", "serial_changed", "FOC9")]).await;
    let known = store.discrepancies().await.expect("list").remove(0);
    let place = (known.id, known.version);
    store
        .decide_discrepancy(place, (Decision::Accepted, None), &author())
        .await
        .expect("kept");
    let again = (known.id, known.version + 1);
    let refused = store
        .decide_discrepancy(again, (Decision::Accepted, None), &author())
        .await;
    assert!(
        matches!(refused, Err(DecisionError::Settled { .. })),
        "{refused:?}"
    );
    assert!(
        store
            .audit_verify()
            .await
            .expect("verified")
            .broken
            .is_none()
    );
}

fn scan(client: &str, code: &str) -> StoredScan {
    StoredScan {
        client_id: client.to_owned(),
        code: code.to_owned(),
        place: json!({}),
        scanned_at: at(1),
        scanned_by: "an".to_owned(),
        received_at: at(0),
        resolved: json!({"what": "unknown"}),
        verdict: String::new(),
    }
}

async fn session(store: &Store) -> u64 {
    let new = NewStockTake {
        name: "DC1".to_owned(),
        scope: json!({"kind": "room", "id": "dc1"}),
        site: Some("vnta".to_owned()),
        unit: None,
        revision: 7,
        expected: vec![("TW-1".to_owned(), json!({"tag": "TW-1"}))],
        note: None,
    };
    store.open_stocktake(new, &author()).await.expect("opened")
}

/// The verdict is how many scans came before.
fn count(_: &StoredScan, earlier: &[StoredScan]) -> String {
    earlier.len().to_string()
}

#[tokio::test]
async fn a_scan_counts_once_however_often_it_is_sent() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    let id = session(&store).await;
    let batch = vec![scan("c1", "TW-1"), scan("c2", "TW-2"), scan("c1", "TW-1")];
    let verdicts = |kept: Vec<StoredScan>| -> Vec<String> {
        kept.into_iter().map(|one| one.verdict).collect()
    };
    let first = store
        .add_stocktake_scans(id, batch.clone(), count, &author())
        .await;
    assert_eq!(verdicts(first.expect("kept")), ["0", "1", "0"]);
    let again = store.add_stocktake_scans(id, batch, count, &author()).await;
    assert_eq!(verdicts(again.expect("kept")), ["0", "1", "0"]);
    let kept = store.stocktake(id).await.expect("read").expect("there");
    assert_eq!((kept.scans, kept.expected, kept.version), (2, 1, 1));
}

#[tokio::test]
async fn a_closed_session_takes_nothing_new_and_still_answers_what_it_has() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    let id = session(&store).await;
    let keep = store
        .add_stocktake_scans(id, vec![scan("c1", "TW-1")], count, &author())
        .await;
    keep.expect("kept");
    let early = store
        .accept_stocktake_moves(id, vec!["TW-1".into()], &author())
        .await;
    assert!(matches!(early, Err(StockTakeError::Open { .. })));
    let findings = |scans: &[StoredScan]| json!({ "scans": scans.len() });
    let stale = store.close_stocktake((id, 9), findings, &author()).await;
    assert!(matches!(
        stale,
        Err(StockTakeError::Stale { current: 1, .. })
    ));
    store
        .close_stocktake((id, 1), findings, &author())
        .await
        .expect("closed");
    let kept = store.stocktake(id).await.expect("read").expect("there");
    assert_eq!(
        (kept.open, kept.findings),
        (false, Some(json!({"scans": 1})))
    );
    let again = store
        .add_stocktake_scans(id, vec![scan("c1", "TW-1")], count, &author())
        .await;
    assert_eq!(again.expect("known").len(), 1);
    let late = store
        .add_stocktake_scans(id, vec![scan("c9", "TW-1")], count, &author())
        .await;
    assert!(matches!(late, Err(StockTakeError::Closed { .. })));
    store
        .accept_stocktake_moves(id, vec!["TW-1".into()], &author())
        .await
        .expect("kept");
    assert_eq!(store.stocktake_moves(id).await.expect("read"), ["TW-1"]);
    let log = actions(&store).await;
    assert_eq!(
        log,
        [
            "stocktake.open",
            "stocktake.scan",
            "stocktake.close",
            "stocktake.move"
        ]
    );
}
