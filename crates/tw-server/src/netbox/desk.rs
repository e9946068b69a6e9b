//! Syncs that somebody asked for, or that are due.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`. **Must not:** run two syncs at once.

use super::{SyncMode, sync_netbox};
use crate::app::App;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Notify, time::interval};
use tokio_util::sync::CancellationToken;
use tw_store::Author;

/// Syncs that wait; more are refused.
pub(crate) const WAITING_MAX: usize = 8;
/// Whether one is due is looked at so often.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const HOUR_MS: i64 = 3_600_000;

/// A sync that somebody asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) source: String,
    pub(crate) mode: SyncMode,
    pub(crate) author: Author,
}

/// What waits, and what goes on.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    waiting: Mutex<VecDeque<Wanted>>,
    running: Mutex<Option<String>>,
    woken: Notify,
}

impl Desk {
    /// Takes a wish; `false` when the source is busy or too many wait.
    pub(crate) fn ask(&self, wanted: Wanted) -> bool {
        if self.busy(&wanted.source) {
            return false;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING_MAX {
            return false;
        }
        waiting.push_back(wanted);
        self.woken.notify_one();
        true
    }

    /// Whether a sync of the source goes on or waits.
    pub(crate) fn busy(&self, source: &str) -> bool {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_deref() == Some(source) || waiting.iter().any(|one| one.source == source)
    }

    fn begin(&self) -> Option<Wanted> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let next = waiting.pop_front();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        *running = next.as_ref().map(|next| next.source.clone());
        next
    }
}

/// Runs what waits and what is due, one after the other.
pub(crate) async fn run(app: Arc<App>, cancel: CancellationToken) {
    let mut clock = interval(LOOK_EVERY);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = clock.tick() => ask_for_what_is_due(&app).await,
            () = app.sources.woken.notified() => {}
        }
        while let Some(wanted) = app.sources.begin() {
            tokio::select! {
                () = cancel.cancelled() => return,
                () = one(&app, wanted) => {}
            }
        }
    }
}

async fn one(app: &Arc<App>, wanted: Wanted) {
    let mut netboxes = app.settings.netbox.iter();
    let Some(settings) = netboxes.find(|one| one.id == wanted.source) else {
        return;
    };
    let when = (Some(wanted.mode), app.now());
    match sync_netbox(&app.store, settings, when, &wanted.author).await {
        Ok(report) => {
            tracing::info!(source = report.source, state = report.state, "synced");
        }
        Err(cause) => tracing::warn!(source = wanted.source, %cause, "could not sync"),
    }
    if let Err(cause) = app.reload_register().await {
        tracing::error!(%cause, "cannot read the register anew");
    }
}

/// A source is due when its newest run began so many hours ago, or was never; the first is dry.
async fn ask_for_what_is_due(app: &Arc<App>) {
    for settings in &app.settings.netbox {
        let Some(hours) = settings.every_hours else {
            continue;
        };
        let runs = match app.store.source_runs(Some(&settings.id), 1).await {
            Ok(runs) => runs,
            Err(cause) => {
                tracing::error!(%cause, "cannot read the runs of a source");
                continue;
            }
        };
        let last = runs.first();
        let due = last.is_none_or(|run| {
            app.now().as_millis() - run.started_at.as_millis() >= i64::from(hours) * HOUR_MS
        });
        // Nobody asked yet: what it would do is shown, and a person carries it out.
        let real = last.is_some_and(|run| run.mode == "real");
        if due {
            app.sources.ask(Wanted {
                source: settings.id.clone(),
                mode: if real { SyncMode::Real } else { SyncMode::Dry },
                author: Author::local("sync"),
            });
        }
    }
}
