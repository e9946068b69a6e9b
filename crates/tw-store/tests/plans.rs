//! The life of a replacement plan in the store.
//!
//! **Room:** tests of layer 1.

mod support;

use serde_json::json;
use support::*;
use tw_store::{AuditFilter, Author, DataDir, PlanLineProgress, PlanMove, PlanMoveError, Store};
use tw_units::Timestamp;

fn store(folder: &tempfile::TempDir) -> Store {
    open(folder.path())
}

fn save(name: &str) -> PlanMove {
    PlanMove::Save {
        spec: json!({ "name": name }),
        result: json!({ "years": [] }),
    }
}

#[tokio::test]
async fn a_plan_is_frozen_then_approved_by_another_and_never_changes_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let (an, binh) = (Author::local("an"), Author::local("binh"));
    assert_eq!(store.move_plan("p", 0, save("A"), &an).await.unwrap(), 1);
    let again = store.move_plan("p", 0, save("A"), &an).await;
    assert!(matches!(again, Err(PlanMoveError::Exists(_))));
    let stale = store.move_plan("p", 7, save("B"), &an).await;
    assert!(matches!(stale, Err(PlanMoveError::Stale(1))));
    assert_eq!(store.move_plan("p", 1, save("B"), &an).await.unwrap(), 2);
    let early = store.move_plan("p", 2, PlanMove::Approve { document: None }, &binh);
    assert!(matches!(early.await, Err(PlanMoveError::State(state)) if state == "draft"));
    store
        .move_plan("p", 2, PlanMove::Freeze, &an)
        .await
        .unwrap();
    let late = store.move_plan("p", 3, save("C"), &an).await;
    assert!(matches!(late, Err(PlanMoveError::State(state)) if state == "frozen"));
    let own = store.move_plan("p", 3, PlanMove::Approve { document: None }, &an);
    assert!(matches!(own.await, Err(PlanMoveError::SamePerson(by)) if by == "an"));
    let document = Some("QD-12".to_owned());
    store
        .move_plan("p", 3, PlanMove::Approve { document }, &binh)
        .await
        .unwrap();
    let line = PlanLineProgress {
        year: 2027,
        asset: "TW-1".to_owned(),
        ordered_on: Some("2027-02-01".to_owned()),
        delivered_on: None,
        document: None,
        actor: String::new(),
        at: Timestamp::from_millis(0),
    };
    store
        .move_plan("p", 4, PlanMove::Track(line), &an)
        .await
        .unwrap();
    let gone = store.move_plan("p", 5, PlanMove::Remove, &an).await;
    assert!(matches!(gone, Err(PlanMoveError::State(_))));
    let plan = store.plan("p").await.unwrap().unwrap();
    assert_eq!((plan.version, plan.state.as_str()), (5, "approved"));
    assert_eq!(plan.spec, json!({ "name": "B" }));
    assert_eq!(plan.document.as_deref(), Some("QD-12"));
    assert_eq!(store.plan_progress("p").await.unwrap()[0].year, 2027);
    let filter = AuditFilter {
        subject: Some("plan/p".to_owned()),
        limit: 10,
        ..AuditFilter::default()
    };
    let actions: Vec<String> = store
        .audit_rows(&filter)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.action)
        .collect();
    assert_eq!(
        actions,
        [
            "plan.track",
            "plan.approve",
            "plan.freeze",
            "plan.change",
            "plan.create"
        ]
    );
}

/// Whoever opens the database beside the program cannot change a frozen plan by accident.
#[tokio::test]
async fn the_schema_itself_keeps_a_frozen_plan() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let an = Author::local("an");
    store.move_plan("p", 0, save("A"), &an).await.unwrap();
    store
        .move_plan("p", 1, PlanMove::Freeze, &an)
        .await
        .unwrap();
    let db = rusqlite::Connection::open(DataDir(folder.path().to_owned()).main_db()).unwrap();
    for sql in [
        "UPDATE replacement_plan SET spec = '{}'",
        "DELETE FROM replacement_plan",
    ] {
        assert!(db.execute(sql, []).is_err(), "{sql}");
    }
}
