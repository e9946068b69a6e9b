//! Steps of assets: kept, one that waits at a time, decided once, with the register's change.
//!
//! **Room:** tests of layer 1.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;

use serde_json::json;
use tw_model::{Absent, Item, Kind, Register, plan};
use tw_store::{Author, NewTransition};

fn asset(status: &str) -> Register {
    Register::from_items([Item {
        kind: Kind::Asset,
        id: "T1".to_owned(),
        value: json!({"tag": "T1", "class": "monitor", "status": status}),
    }])
    .unwrap()
}

fn step(to: &str) -> NewTransition {
    NewTransition {
        tag: "T1".to_owned(),
        from: "retired".to_owned(),
        to: to.to_owned(),
        on: "2026-11-20".to_owned(),
        ask: json!({"to": to, "decision": "12/QD"}),
    }
}

#[tokio::test]
async fn a_step_that_waits_is_decided_once_and_changes_the_register_in_one_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let store = support::open(folder.path());
    let (asker, approver) = (Author::local("a"), Author::local("b"));
    let first = plan(&asset("retired"), &Register::default(), Absent::Keep);
    store.apply_plan(first, None, &asker).await.unwrap();

    let id = store
        .ask_transition(step("disposed"), &asker)
        .await
        .unwrap();
    assert!(
        store
            .ask_transition(step("disposed"), &asker)
            .await
            .is_err(),
        "one waits already"
    );
    let waiting = store.transitions(Some("T1"), true).await.unwrap();
    assert_eq!((waiting.len(), waiting[0].asked_by.as_str()), (1, "a"));

    let gone = plan(&asset("disposed"), &asset("retired"), Absent::Keep);
    let stale = store
        .decide_transition(id, (Some((gone.clone(), 99)), None), &approver)
        .await;
    assert!(stale.is_err(), "a plan for another register does nothing");
    assert_eq!(store.transitions(None, true).await.unwrap().len(), 1);

    let done = store
        .decide_transition(id, (Some((gone, 1)), Some("seen".to_owned())), &approver)
        .await;
    assert!(done.unwrap());
    let kept = store.transition(id).await.unwrap().unwrap();
    assert_eq!(
        (kept.state.as_str(), kept.decided_by.as_deref()),
        ("done", Some("b"))
    );
    let stored = store.load_register().await.unwrap();
    assert_eq!(stored.register, asset("disposed"));
    assert!(
        !store
            .decide_transition(id, (None, None), &approver)
            .await
            .unwrap(),
        "decided once"
    );
    assert!(store.audit_verify().await.unwrap().broken.is_none());
}

#[tokio::test]
async fn a_refused_step_leaves_the_register_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = support::open(folder.path());
    let author = Author::local("a");
    let first = plan(&asset("retired"), &Register::default(), Absent::Keep);
    store.apply_plan(first, None, &author).await.unwrap();
    let id = store
        .ask_transition(step("disposed"), &author)
        .await
        .unwrap();
    let refused = store
        .decide_transition(id, (None, Some("no".to_owned())), &Author::local("b"))
        .await;
    assert!(refused.unwrap());
    assert_eq!(
        store.transition(id).await.unwrap().unwrap().state,
        "refused"
    );
    assert_eq!(
        store.load_register().await.unwrap().register,
        asset("retired")
    );
}
