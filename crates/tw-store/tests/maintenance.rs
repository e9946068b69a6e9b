//! Requests for maintenance: numbered, versioned, append-only in their steps, in the audit log.
//!
//! **Room:** tests of layer 1.

mod support;

use serde_json::json;
use support::*;
use tw_store::{AuditFilter, StoredWork, WorkChange, WorkError};

fn request(components: &[&str], from: i64, to: i64) -> StoredWork {
    StoredWork {
        id: String::new(),
        site: "vnta".to_owned(),
        series: None,
        state: "requested".to_owned(),
        window: window(from, to),
        components: components.iter().map(|one| (*one).to_owned()).collect(),
        version: 0,
        body: json!({"title": "Thay ắc quy"}),
    }
}

fn approve(work: &StoredWork) -> WorkChange {
    WorkChange {
        work: StoredWork {
            state: "approved".to_owned(),
            ..work.clone()
        },
        step: "approve".to_owned(),
        body: json!({"note": "ok"}),
    }
}

#[tokio::test]
async fn a_request_is_numbered_and_keeps_its_steps() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let one = vec![request(&["ups-a"], 100, 200)];
    let added = store.add_maintenance(one, at(0), &author()).await.unwrap();
    assert_eq!((added[0].id.as_str(), added[0].version), ("M-2026-0001", 1));
    let changed = store
        .change_maintenance(vec![approve(&added[0])], at(10), &author())
        .await
        .unwrap();
    assert_eq!(changed[0].version, 2);
    assert_eq!(store.maintenance().await.unwrap(), changed);
    let steps = store.maintenance_steps("M-2026-0001").await.unwrap();
    let told: Vec<_> = steps
        .iter()
        .map(|s| (s.seq, s.step.as_str(), s.at))
        .collect();
    assert_eq!(told, [(1, "request", at(0)), (2, "approve", at(10))]);
    let rows = store
        .audit_rows(&AuditFilter {
            subject: Some("maintenance/M-2026-0001".to_owned()),
            limit: 10,
            ..AuditFilter::default()
        })
        .await
        .unwrap();
    let actions: Vec<_> = rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["maintenance.approve", "maintenance.request"]);
    let db = rusqlite::Connection::open(store.data_dir().main_db()).unwrap();
    assert!(
        db.execute("UPDATE maintenance_event SET actor = 'x'", [])
            .is_err()
    );
    assert!(db.execute("DELETE FROM maintenance_event", []).is_err());
}

#[tokio::test]
async fn a_component_is_in_one_open_window_at_a_time_and_nothing_is_half_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let by = author();
    let add = |new| store.add_maintenance(new, at(0), &by);
    let first = add(vec![request(&["ups-a"], 100, 200)]).await.unwrap();
    let series = vec![
        request(&["ups-a"], 300, 400),
        request(&["ups-b", "ups-a"], 150, 160),
    ];
    let refused = add(series.clone()).await.unwrap_err();
    assert!(
        matches!(&refused, WorkError::Taken { component, by } if component == "ups-a" && *by == first[0].id),
        "{refused}"
    );
    assert_eq!(store.maintenance().await.unwrap().len(), 1);
    let cancelled = WorkChange {
        work: StoredWork {
            state: "cancelled".to_owned(),
            ..first[0].clone()
        },
        step: "cancel".to_owned(),
        body: json!({}),
    };
    store
        .change_maintenance(vec![cancelled], at(1), &by)
        .await
        .unwrap();
    let kept = add(series).await.unwrap();
    assert!(
        kept.iter()
            .all(|work| work.series.as_deref() == Some("M-2026-0002"))
    );
}

#[tokio::test]
async fn a_stale_step_changes_nothing_of_the_whole_call() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let new = vec![request(&["a"], 1, 2), request(&["b"], 1, 2)];
    let added = store.add_maintenance(new, at(0), &author()).await.unwrap();
    let mut stale = approve(&added[1]);
    stale.work.version = 7;
    let both = vec![approve(&added[0]), stale];
    let refused = store.change_maintenance(both, at(1), &author()).await;
    assert!(matches!(refused, Err(WorkError::Stale { current: 1, .. })));
    let states: Vec<_> = store.maintenance().await.unwrap();
    assert!(states.iter().all(|work| work.state == "requested"));
    let missing = WorkChange {
        work: StoredWork {
            id: "M-2026-0099".to_owned(),
            ..added[0].clone()
        },
        step: "approve".to_owned(),
        body: json!({}),
    };
    let refused = store
        .change_maintenance(vec![missing], at(1), &author())
        .await;
    assert!(matches!(refused, Err(WorkError::Missing { .. })));
}
