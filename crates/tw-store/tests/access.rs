//! Accounts, sessions, links, tokens and credentials: what holds, what ends, what is sealed.
//!
//! **Room:** tests of layer 1.

mod support;

use serde_json::json;
use std::time::Duration;
use support::*;
use tw_store::{
    AccessError, Account, CollectorSealKey, Grant, GrantScope, NewApiToken, NewCredential, NewLink,
    NewSession, SealKey, Store, StoreSettings,
};
use tw_units::{CredentialId, Timestamp};

fn session(hash: u8, account: &str) -> NewSession {
    NewSession {
        hash: [hash; 32],
        account: account.to_owned(),
        idle_ms: 30 * 60_000,
        expires_at: at(12 * 86_400),
        address: "127.0.0.1".into(),
        agent: "test".into(),
    }
}

async fn with_account(store: &Store) -> Account {
    let mut account = Account::new("lan", "Lan");
    account.grants = vec![Grant {
        role: "admin".into(),
        scope: GrantScope::Site("vnta".into()),
    }];
    let put = store.put_account(account.clone(), &author()).await;
    account.version = put.expect("a new account is put");
    account
}

#[tokio::test]
async fn a_session_ends_when_idle_when_old_and_when_its_account_changes() {
    let (dir, hand) = (tempfile::tempdir().unwrap(), Hand::new());
    let store = open_at(dir.path(), &hand);
    let mut account = with_account(&store).await;
    store
        .begin_session(session(1, "lan"), &author())
        .await
        .unwrap();
    for _ in 0..4 {
        hand.forward_seconds(29 * 60);
        assert!(
            store.session([1; 32]).await.unwrap().is_some(),
            "used in time"
        );
    }
    hand.forward_seconds(31 * 60);
    assert!(store.session([1; 32]).await.unwrap().is_none(), "idle");
    hand.forward_seconds(2 * 86_400);
    assert_eq!(store.sweep_access().await.unwrap(), 1);

    store
        .begin_session(session(2, "lan"), &author())
        .await
        .unwrap();
    assert_eq!(store.sessions("lan").await.unwrap().len(), 1);
    account.display_name = "Lan Anh".into();
    account.version = store.put_account(account.clone(), &author()).await.unwrap();
    assert!(
        store.session([2; 32]).await.unwrap().is_some(),
        "a name is no right"
    );
    account.grants[0].role = "viewer".into();
    account.version = store.put_account(account.clone(), &author()).await.unwrap();
    assert!(
        store.session([2; 32]).await.unwrap().is_none(),
        "another role"
    );

    store
        .begin_session(session(3, "lan"), &author())
        .await
        .unwrap();
    account.disabled = true;
    store.put_account(account, &author()).await.unwrap();
    assert!(store.session([3; 32]).await.unwrap().is_none(), "disabled");
    let refused = store
        .begin_session(session(4, "lan"), &author())
        .await
        .unwrap_err();
    assert!(matches!(refused, AccessError::Missing { .. }), "{refused}");
}

#[tokio::test]
async fn a_session_ends_at_its_time_however_busy_and_the_oldest_make_room() {
    let (dir, hand) = (tempfile::tempdir().unwrap(), Hand::new());
    let store = open_at(dir.path(), &hand);
    with_account(&store).await;
    let short = NewSession {
        expires_at: at(60),
        ..session(0, "lan")
    };
    store.begin_session(short, &author()).await.unwrap();
    hand.forward_seconds(59);
    assert!(store.session([0; 32]).await.unwrap().is_some());
    hand.forward_seconds(1);
    assert!(store.session([0; 32]).await.unwrap().is_none());
    for n in 1..=25 {
        hand.forward_seconds(1);
        store
            .begin_session(session(n, "lan"), &author())
            .await
            .unwrap();
    }
    let kept = store.sessions("lan").await.unwrap();
    assert_eq!(kept.len(), tw_store::limits::SESSIONS_MAX as usize);
    assert_eq!((kept[0].hash[0], kept.last().unwrap().hash[0]), (25, 6));
    assert_eq!(
        store
            .end_sessions("lan".into(), Some([25; 32]), &author())
            .await
            .unwrap(),
        1
    );
    assert_eq!(
        store
            .end_sessions("lan".into(), None, &author())
            .await
            .unwrap(),
        19
    );
}

#[tokio::test]
async fn an_account_is_put_with_the_version_that_was_seen() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let account = with_account(&store).await;
    let again = Account::new("lan", "Somebody else");
    let stale = store.put_account(again, &author()).await.unwrap_err();
    assert!(
        matches!(
            stale,
            AccessError::Stale {
                current: 1,
                expected: 0,
                ..
            }
        ),
        "{stale}"
    );
    let stored = store.account("lan").await.unwrap().unwrap();
    assert_eq!((stored.grants, stored.version), (account.grants, 1));
    store.remove_account("lan".into(), &author()).await.unwrap();
    assert!(store.accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_link_works_once_for_its_purpose_and_in_time() {
    let (dir, hand) = (tempfile::tempdir().unwrap(), Hand::new());
    let store = open_at(dir.path(), &hand);
    for hash in [1, 2] {
        let link = NewLink {
            hash: [hash; 32],
            purpose: "first".into(),
            account: None,
            expires_at: at(600),
        };
        store.put_one_time_link(link, &author()).await.unwrap();
    }
    let used = async |hash: u8, purpose: &str| {
        store
            .use_one_time_link([hash; 32], purpose.into())
            .await
            .unwrap()
    };
    assert_eq!(used(1, "reset").await, None, "another purpose");
    assert_eq!(used(1, "first").await, Some(None));
    assert_eq!(used(1, "first").await, None, "a second time");
    hand.forward_seconds(600);
    assert_eq!(used(2, "first").await, None, "too late");
}

#[tokio::test]
async fn a_token_holds_until_it_expires_or_is_revoked() {
    let (dir, hand) = (tempfile::tempdir().unwrap(), Hand::new());
    let store = open_at(dir.path(), &hand);
    let new = NewApiToken {
        name: "grafana".into(),
        role: "viewer".into(),
        scope: GrantScope::All,
        expires_at: Some(at(3_600)),
    };
    let shown = store
        .create_api_token(new.clone(), &author())
        .await
        .unwrap();
    let found = store.verify_api_token(&shown.text).await.unwrap().unwrap();
    assert_eq!(
        (found.role.as_str(), &found.scope),
        ("viewer", &GrantScope::All)
    );
    assert_eq!(
        store.api_tokens().await.unwrap()[0].last_used_at,
        Some(at(0))
    );
    let mut wrong = shown.text.clone();
    wrong.pop();
    for text in [
        wrong.as_str(),
        "",
        "tw_",
        "tw__",
        "Bearer x",
        &shown.text[..20],
    ] {
        assert!(
            store.verify_api_token(text).await.unwrap().is_none(),
            "{text:?}"
        );
    }
    hand.forward_seconds(3_600);
    assert!(
        store.verify_api_token(&shown.text).await.unwrap().is_none(),
        "expired"
    );
}

#[tokio::test]
async fn a_revoked_token_holds_no_longer() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let new = NewApiToken {
        name: "grafana".into(),
        role: "viewer".into(),
        scope: GrantScope::All,
        expires_at: None,
    };
    let second = store.create_api_token(new, &author()).await.unwrap();
    assert!(
        store
            .verify_api_token(&second.text)
            .await
            .unwrap()
            .is_some()
    );
    store
        .revoke_token(second.prefix.clone(), &author())
        .await
        .unwrap();
    assert!(
        store
            .verify_api_token(&second.text)
            .await
            .unwrap()
            .is_none(),
        "revoked"
    );
    let again = store
        .revoke_token(second.prefix, &author())
        .await
        .unwrap_err();
    assert!(matches!(again, AccessError::Missing { .. }), "{again}");
}

#[tokio::test]
async fn a_collectors_token_gives_its_seal_key_back() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let shown = store
        .create_collector_token(collector(), None, &author())
        .await
        .unwrap();
    let (token, key) = store
        .verify_collector_token(&shown.text)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(token.collector, collector());
    assert_eq!(key, CollectorSealKey::of_token(&shown.text));
    assert!(
        store.verify_api_token(&shown.text).await.unwrap().is_none(),
        "no program's token"
    );
    let bytes = std::fs::read(store.data_dir().wal()).unwrap();
    let secret = shown.text.rsplit('_').next().unwrap().as_bytes().to_vec();
    for needle in [secret, key.0.to_vec()] {
        let found = bytes
            .windows(needle.len())
            .any(|window| window == needle.as_slice());
        assert!(!found, "a secret lies in the clear");
    }
}

#[tokio::test]
async fn a_credential_is_sealed_and_another_key_does_not_open_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    let id = CredentialId::new("v3-core").unwrap();
    let public = json!({ "version": "3", "user": "poller" });
    let put = async |secret: Option<&[u8]>, expected| {
        let (id, public) = (id.clone(), public.clone());
        let secret = secret.map(<[u8]>::to_vec);
        store
            .put_credential(
                NewCredential {
                    id,
                    public,
                    secret,
                    expected,
                },
                &author(),
            )
            .await
    };
    assert_eq!(put(Some(b"correct horse battery"), 0).await.unwrap(), 1);
    assert!(matches!(
        put(None, 0).await,
        Err(AccessError::Stale { current: 1, .. })
    ));
    assert_eq!(put(None, 1).await.unwrap(), 2);
    assert_eq!(
        store.credential_secret(&id).await.unwrap(),
        b"correct horse battery"
    );
    assert_eq!(store.credentials().await.unwrap()[0].public, public);

    let bytes = std::fs::read(store.data_dir().wal()).unwrap();
    assert!(!bytes.windows(13).any(|window| window == b"correct horse"));

    let key = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(key.path(), "ab".repeat(32)).unwrap();
    let seal_key = Some(key.path().to_owned());
    let settings = StoreSettings {
        seal_key,
        ..StoreSettings::tool(dir.path())
    };
    let other = Store::open(&settings, tw_units::WallClock::fixed(at(0))).unwrap();
    assert_ne!(other.seal_key_name(), store.seal_key_name());
    assert!(matches!(
        other.credential_secret(&id).await,
        Err(AccessError::Seal(_))
    ));
    assert!(SealKey::read(key.path()).is_ok());
}

#[tokio::test]
async fn a_notice_is_sent_by_one_worker_and_comes_back_when_it_dies() {
    use tw_store::{AlertCommit, NewNotice};
    let (dir, hand) = (tempfile::tempdir().unwrap(), Hand::new());
    let store = open_at(dir.path(), &hand);
    let notice = NewNotice {
        dedupe: Some("site:vnta:down:1".into()),
        channel: "mail".into(),
        payload: json!({ "subject": "vnta is cut off" }),
    };
    let commit = AlertCommit {
        states: vec![("site:vnta".into(), Some(json!({ "firing": true })))],
        transitions: vec![tw_store::AlertTransition {
            key: "site:vnta".into(),
            at: at(0),
            transition: "raised".into(),
            body: json!({}),
        }],
        notices: vec![notice],
    };
    assert_eq!(store.commit_alerts(commit.clone()).await.unwrap(), 1);
    assert_eq!(
        store.commit_alerts(commit).await.unwrap(),
        0,
        "repeated after a crash"
    );
    let lease = Duration::from_secs(60);
    let claimed = store.outbox_claim(10, lease).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].attempts), (1, 1));
    assert!(
        store.outbox_claim(10, lease).await.unwrap().is_empty(),
        "claimed by another"
    );

    // The worker dies; the store is opened again, the lease runs out.
    drop(store);
    hand.forward_seconds(60);
    let store = open_at(dir.path(), &hand);
    let claimed = store.outbox_claim(10, lease).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].attempts), (1, 2));
    let retry_at: Timestamp = store.clock().now().plus(Duration::from_secs(30));
    store
        .outbox_retry(claimed[0].id, "refused".into(), retry_at)
        .await
        .unwrap();
    assert!(
        store.outbox_claim(10, lease).await.unwrap().is_empty(),
        "not yet due"
    );
    hand.forward_seconds(30);
    let claimed = store.outbox_claim(10, lease).await.unwrap();
    assert_eq!(claimed[0].last_error.as_deref(), Some("refused"));
    store.outbox_sent(claimed[0].id).await.unwrap();
    hand.forward_seconds(600);
    assert!(
        store.outbox_claim(10, lease).await.unwrap().is_empty(),
        "sent"
    );
    assert_eq!(store.outbox_notices(10).await.unwrap()[0].state, "sent");
    assert_eq!(
        store.alert_states().await.unwrap()[0].body,
        json!({ "firing": true })
    );
    let window = window(-1, 1);
    assert_eq!(
        store
            .alert_history(window, Some("site:vnta"))
            .await
            .unwrap()
            .len(),
        2
    );
}
