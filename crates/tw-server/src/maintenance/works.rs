//! The requests as the server holds them: read once, changed with the store.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-availability`. **Must not:** show what was
//! not committed.

use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError, RwLock},
};
use tw_api::{MaintenanceKind, MaintenanceWhatIf};
use tw_availability::{Work, WorkState};
use tw_store::{Store, StoreError, StoredWork};
use tw_units::{SiteId, Timestamp};

/// A request with all that is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) site: String,
    pub(crate) series: Option<String>,
    pub(crate) components: Vec<String>,
    pub(crate) version: u64,
    pub(crate) work: Work,
    pub(crate) said: Said,
}

/// What people said about it, and what was worked out then.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) title: String,
    pub(crate) note: Option<String>,
    pub(crate) requested_by: String,
    pub(crate) requested_at: Option<Timestamp>,
    pub(crate) decided_by: Option<String>,
    pub(crate) decided_at: Option<Timestamp>,
    pub(crate) decision_note: Option<String>,
    pub(crate) override_reason: Option<String>,
    pub(crate) own_approval_reason: Option<String>,
    pub(crate) approved_at: Option<Timestamp>,
    pub(crate) began_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) what_if: Option<MaintenanceWhatIf>,
    #[serde(default)]
    pub(crate) kind: MaintenanceKind,
    /// What was written when it was closed.
    #[serde(default)]
    pub(crate) closing_note: Option<String>,
}

impl Kept {
    pub(crate) fn of_stored(stored: StoredWork) -> Result<Self, StoreError> {
        let torn = |what: &str| StoreError::Corrupt {
            what: format!("a torn request {}: {what}", stored.id),
        };
        let state = WorkState::parse(&stored.state).ok_or_else(|| torn("its state"))?;
        let said: Said = serde_json::from_value(stored.body.clone())
            .map_err(|cause| torn(&cause.to_string()))?;
        Ok(Self {
            work: Work {
                state,
                window: stored.window,
                approved_at: said.approved_at,
                began_at: said.began_at,
                ended_at: said.ended_at,
            },
            said,
            id: stored.id,
            site: stored.site,
            series: stored.series,
            components: stored.components,
            version: stored.version,
        })
    }

    pub(crate) fn to_stored(&self) -> StoredWork {
        let said = Said {
            approved_at: self.work.approved_at,
            began_at: self.work.began_at,
            ended_at: self.work.ended_at,
            ..self.said.clone()
        };
        StoredWork {
            id: self.id.clone(),
            site: self.site.clone(),
            series: self.series.clone(),
            state: self.work.state.as_str().to_owned(),
            window: self.work.window,
            components: self.components.clone(),
            version: self.version,
            body: serde_json::to_value(said).unwrap_or_default(),
        }
    }
}

/// All requests at hand, the newest windows first.
#[derive(Debug, Default)]
pub(crate) struct Works(RwLock<Arc<Vec<Kept>>>);

impl Works {
    /// Reads them again.
    pub(crate) async fn load(&self, store: &Store) -> Result<(), StoreError> {
        let stored = store.maintenance().await?;
        let kept: Result<Vec<Kept>, StoreError> = stored.into_iter().map(Kept::of_stored).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(kept?);
        Ok(())
    }

    pub(crate) fn all(&self) -> Arc<Vec<Kept>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What running work at a site has taken out: the names of components, as people gave them.
    pub(crate) fn at_work(&self, site: &SiteId) -> BTreeSet<String> {
        let works = self.all();
        let running = works
            .iter()
            .filter(|kept| kept.site == site.as_str() && kept.work.state == WorkState::Working);
        running.flat_map(|kept| kept.components.clone()).collect()
    }

    pub(crate) fn get(&self, id: &str) -> Option<Kept> {
        self.all().iter().find(|kept| kept.id == id).cloned()
    }
}
