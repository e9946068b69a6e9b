//! The register: versions, plans that may be repeated, history, stale writers.
//!
//! **Room:** tests of layer 1.

mod support;

use serde_json::{Value, json};
use support::*;
use tw_model::{Absent, Item, Kind, Register, plan};
use tw_store::{AuditFilter, Change, RegisterError};

fn site(id: &str, name: &str) -> Item {
    let value: Value = json!({
        "id": id, "name": {"en": name, "vi": name}, "timezone": "Asia/Ho_Chi_Minh",
    });
    Item {
        kind: Kind::Site,
        id: id.to_owned(),
        value,
    }
}

fn register(items: &[Item]) -> Register {
    Register::from_items(items.to_vec()).expect("the items are sites")
}

#[tokio::test]
async fn a_plan_is_one_transaction_and_may_be_applied_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let mut news = store.changes();
    let wanted = register(&[site("vnta", "A"), site("mic", "B")]);
    let first = plan(&wanted, &Register::default(), Absent::Delete);
    let done = store
        .apply_plan(first.clone(), Some(0), &author())
        .await
        .unwrap();
    assert_eq!((done.revision, done.changed), (1, 2));
    assert!(matches!(
        news.recv().await.unwrap(),
        Change::Register { revision: 1 }
    ));

    let again = store
        .apply_plan(first.clone(), None, &author())
        .await
        .unwrap();
    assert_eq!((again.revision, again.changed), (1, 0));
    let stored = store.load_register().await.unwrap();
    assert_eq!(stored.register, wanted);
    assert_eq!(stored.versions[&(Kind::Site, "mic".to_owned())], 1);

    let stale = store
        .apply_plan(first, Some(0), &author())
        .await
        .unwrap_err();
    assert!(
        matches!(
            stale,
            RegisterError::StalePlan {
                expected: 0,
                current: 1
            }
        ),
        "{stale}"
    );
    let fewer = register(&[site("vnta", "C")]);
    let next = plan(&fewer, &stored.register, Absent::Delete);
    assert_eq!(
        store
            .apply_plan(next, Some(1), &author())
            .await
            .unwrap()
            .changed,
        2
    );
    assert_eq!(store.load_register().await.unwrap().register, fewer);
}

#[tokio::test]
async fn a_stale_writer_is_told_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    assert_eq!(
        store
            .put_item(site("vnta", "A"), Some(0), &author())
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        store
            .put_item(site("vnta", "B"), Some(1), &author())
            .await
            .unwrap(),
        2
    );
    let stale = store
        .put_item(site("vnta", "C"), Some(1), &author())
        .await
        .unwrap_err();
    assert!(
        matches!(
            stale,
            RegisterError::Stale {
                current: Some(2),
                ..
            }
        ),
        "{stale}"
    );
    let new = store
        .put_item(site("vnta", "C"), Some(0), &author())
        .await
        .unwrap_err();
    assert!(
        matches!(
            new,
            RegisterError::Stale {
                current: Some(2),
                ..
            }
        ),
        "{new}"
    );
    let absent = store
        .remove_item(Kind::Site, "rfd".into(), Some(1), &author())
        .await
        .unwrap_err();
    assert!(
        matches!(absent, RegisterError::Stale { current: None, .. }),
        "{absent}"
    );
    assert_eq!(
        store.load_register().await.unwrap().register,
        register(&[site("vnta", "B")])
    );
    assert_eq!(store.register_revision().await.unwrap(), 2);
}

#[tokio::test]
async fn every_version_is_kept_and_numbers_go_on_after_a_removal() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store
        .put_item(site("vnta", "A"), None, &author())
        .await
        .unwrap();
    store
        .remove_item(Kind::Site, "vnta".into(), Some(1), &author())
        .await
        .unwrap();
    assert_eq!(
        store
            .put_item(site("vnta", "B"), Some(0), &author())
            .await
            .unwrap(),
        3
    );
    let history = store.item_history(Kind::Site, "vnta").await.unwrap();
    let seen: Vec<(u64, u64, bool)> = history
        .iter()
        .map(|v| (v.version, v.revision, v.spec.is_some()))
        .collect();
    assert_eq!(seen, [(1, 1, true), (2, 2, false), (3, 3, true)]);
    assert_eq!(history[2].actor, "cli:tester");
    let filter = AuditFilter {
        subject: Some("site/vnta".into()),
        limit: 10,
        ..Default::default()
    };
    let rows = store.audit_rows(&filter).await.unwrap();
    let actions: Vec<&str> = rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(
        actions,
        ["register.create", "register.remove", "register.create"]
    );
    assert!(store.audit_verify().await.unwrap().broken.is_none());
}

#[tokio::test]
async fn what_changed_since_a_revision_is_told_unless_it_is_too_much() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let since = async |revision| {
        let changes = store.register_since(revision).await.unwrap()?;
        let told = changes.items.into_iter();
        let told = told.map(|item| (item.id, item.version, item.value.is_some()));
        Some((changes.revision, told.collect::<Vec<_>>()))
    };
    let by = author();
    for name in ["A", "B"] {
        store.put_item(site("vnta", name), None, &by).await.unwrap();
    }
    let id = "vnta".to_owned();
    store
        .remove_item(Kind::Site, id.clone(), None, &by)
        .await
        .unwrap();
    assert_eq!(
        since(1).await,
        Some((3, vec![(id.clone(), 2, true), (id, 3, false)]))
    );
    assert_eq!(since(3).await, Some((3, vec![])));
    assert_eq!(since(4).await, None, "a revision that never was");

    let many: Vec<Item> = (0..=tw_store::CHANGES_MAX)
        .map(|n| site(&format!("s{n}"), "S"))
        .collect();
    let plan = plan(&register(&many), &Register::default(), Absent::Keep);
    store.apply_plan(plan, None, &by).await.unwrap();
    assert_eq!(
        since(3).await,
        None,
        "more than is worth telling one by one"
    );
}
