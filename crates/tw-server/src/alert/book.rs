//! The alerts that the server holds: what the alert core remembers, and what people see.
//!
//! **Room:** layer 2, shell. **May use:** `tw-alert`, `tw-store`, `tw-api`. **Must not:** tell
//! anybody what was not committed.

use crate::alert::view;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};
use tw_alert::{AlertBook, Message, MessageKind};
use tw_api::Alert;
use tw_store::{AlertCommit, AlertTransition, NewNotice, Store, StoreError};
use tw_units::Timestamp;

/// The key under which the core's memory is stored.
const BOOK_KEY: &str = "book";
/// What stands before the key of an alert that people see.
const ALERT_PREFIX: &str = "alert/";
/// Past alerts that are kept at hand; the history has all.
pub(crate) const PAST_MAX: usize = 5_000;

/// The alerts.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    book: tokio::sync::Mutex<AlertBook>,
    shown: RwLock<BTreeMap<String, Alert>>,
}

/// What a change of the alerts brings.
pub(crate) struct Changed {
    pub(crate) alert: Alert,
    /// `raised`, `cleared`, `acknowledged`.
    pub(crate) change: &'static str,
}

impl Alerts {
    /// Reads what was stored. Nobody was silent while nobody listened.
    pub(crate) async fn load(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        let mut book = self.book.lock().await;
        let mut shown = BTreeMap::new();
        for state in store.alert_states().await? {
            if state.key == BOOK_KEY {
                *book = serde_json::from_value(state.body).unwrap_or_default();
            } else if let Some(id) = state.key.strip_prefix(ALERT_PREFIX)
                && let Ok(alert) = serde_json::from_value(state.body)
            {
                shown.insert(id.to_owned(), alert);
            }
        }
        book.resume(now);
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = shown;
        Ok(())
    }

    pub(crate) fn book(&self) -> &tokio::sync::Mutex<AlertBook> {
        &self.book
    }

    pub(crate) fn get(&self, id: &str) -> Option<Alert> {
        self.shown
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    /// All alerts at hand: open ones first, then the newest.
    pub(crate) fn all(&self) -> Vec<Alert> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Alert> = shown.values().cloned().collect();
        drop(shown);
        all.sort_by_key(|alert| {
            (
                alert.cleared_at.is_some(),
                std::cmp::Reverse(alert.raised_at),
                alert.id.clone(),
            )
        });
        all
    }

    fn keep(&self, alerts: impl IntoIterator<Item = Alert>) {
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        for alert in alerts {
            shown.insert(alert.id.clone(), alert);
        }
    }

    /// Commits the core's memory with the messages that it decided, and what they mean for the
    /// alerts that people see; then shows it.
    pub(crate) async fn commit(
        &self,
        store: &Store,
        book: &AlertBook,
        told: &[(Message, Vec<NewNotice>, Option<tw_api::LocalText>)],
    ) -> Result<Vec<Changed>, StoreError> {
        let mut changed = Vec::new();
        let mut commit = AlertCommit {
            states: vec![(BOOK_KEY.to_owned(), serde_json::to_value(book).ok())],
            ..AlertCommit::default()
        };
        for (message, notices, title) in told {
            let one = self.apply(message, title.clone().unwrap_or_default());
            commit.states.push(state_of(&one.alert));
            commit.transitions.push(AlertTransition {
                key: one.alert.id.clone(),
                at: message.at,
                transition: one.change.to_owned(),
                body: serde_json::to_value(message).unwrap_or_default(),
            });
            commit.notices.extend(notices.iter().cloned());
            changed.push(one);
        }
        let dropped = self.too_many();
        commit.states.extend(
            dropped
                .iter()
                .map(|id| (format!("{ALERT_PREFIX}{id}"), None)),
        );
        store.commit_alerts(commit).await?;
        self.keep(changed.iter().map(|changed| changed.alert.clone()));
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        for id in dropped {
            shown.remove(&id);
        }
        Ok(changed)
    }

    fn apply(&self, message: &Message, title: tw_api::LocalText) -> Changed {
        let id = view::id(message);
        match (message.kind, self.get(&id)) {
            (MessageKind::Clear, Some(alert)) => Changed {
                alert: Alert {
                    cleared_at: Some(message.at),
                    version: alert.version + 1,
                    ..alert
                },
                change: "cleared",
            },
            (MessageKind::Clear, None) => Changed {
                alert: Alert {
                    cleared_at: Some(message.at),
                    ..view::alert(message, title)
                },
                change: "cleared",
            },
            // Told at last: it was quiet during maintenance, and somebody may look after it.
            (MessageKind::Raise, Some(alert)) => Changed {
                alert: Alert {
                    acknowledged_by: alert.acknowledged_by,
                    acknowledged_at: alert.acknowledged_at,
                    note: alert.note,
                    version: alert.version + 1,
                    ..view::alert(message, title)
                },
                change: "raised",
            },
            (MessageKind::Raise, None) => Changed {
                alert: view::alert(message, title),
                change: "raised",
            },
        }
    }

    /// The oldest past alerts beyond the limit.
    fn too_many(&self) -> Vec<String> {
        let past = self
            .all()
            .into_iter()
            .filter(|alert| alert.cleared_at.is_some());
        past.skip(PAST_MAX).map(|alert| alert.id).collect()
    }

    /// Notes that somebody looks after an alert.
    pub(crate) async fn acknowledge(&self, store: &Store, alert: Alert) -> Result<(), StoreError> {
        let step = AlertTransition {
            key: alert.id.clone(),
            at: alert.acknowledged_at.unwrap_or(alert.raised_at),
            transition: "acknowledged".to_owned(),
            body: Value::from(alert.acknowledged_by.clone()),
        };
        let commit = AlertCommit {
            states: vec![state_of(&alert)],
            transitions: vec![step],
            ..AlertCommit::default()
        };
        store.commit_alerts(commit).await?;
        self.keep([alert]);
        Ok(())
    }
}

fn state_of(alert: &Alert) -> (String, Option<Value>) {
    (
        format!("{ALERT_PREFIX}{}", alert.id),
        serde_json::to_value(alert).ok(),
    )
}
