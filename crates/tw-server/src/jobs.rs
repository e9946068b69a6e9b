//! What goes on in the background. Each job takes no input, is idempotent, and its next run is
//! its retry.
//!
//! **Room:** layer 2, shell. **May use:** every room of the server. **Must not:** outlive the
//! server: each ends with the token that it is given.

use crate::{
    alert::{
        job::{Watched, look},
        notify::{Channels, send_due},
    },
    app::App,
    discrepancy,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use tw_store::{Change, Day};

/// Everything is looked at so often, and at once when something came in.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Between two looks there is at least this time, however much comes in.
const LOOK_PAUSE: Duration = Duration::from_millis(250);
/// The outbox is emptied so often.
const SEND_EVERY: Duration = Duration::from_secs(2);
/// What is too old is removed so often.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);
/// The register's revision is compared so often: another process may have changed it.
const REGISTER_EVERY: Duration = Duration::from_secs(5);

/// Starts all jobs.
pub(crate) fn spawn(
    app: &Arc<App>,
    channels: Channels,
    jobs: &mut JoinSet<()>,
    cancel: &CancellationToken,
) {
    jobs.spawn(watch(Arc::clone(app), cancel.clone()));
    jobs.spawn(follow_register(Arc::clone(app), cancel.clone()));
    jobs.spawn(discrepancy::job::follow(Arc::clone(app), cancel.clone()));
    jobs.spawn(crate::netbox::desk::run(Arc::clone(app), cancel.clone()));
    jobs.spawn(sweep(Arc::clone(app), cancel.clone()));
    jobs.spawn(close_months(Arc::clone(app), cancel.clone()));
    jobs.spawn(send(Arc::clone(app), channels, cancel.clone()));
}

impl App {
    /// Starts the jobs without listening: for tests of the router in process.
    pub fn spawn_jobs(
        self: &Arc<Self>,
        cancel: &CancellationToken,
    ) -> Result<JoinSet<()>, tw_notify::SettingsError> {
        let channels = Channels::new(&self.settings.notify, &self.wall)?;
        let mut jobs = JoinSet::new();
        spawn(self, channels, &mut jobs, cancel);
        Ok(jobs)
    }

    /// Looks at everything once, as the job does every two seconds: what changed is told to the
    /// stream and judged by the alert core. Gives the refusal's detail when it could not.
    pub async fn look_once(&self) -> Result<(), String> {
        look(self, &mut Watched::default())
            .await
            .map_err(|refusal| refusal.detail)
    }
}

async fn watch(app: Arc<App>, cancel: CancellationToken) {
    let mut watched = Watched::default();
    let mut clock = interval(LOOK_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = clock.tick() => {}
            () = app.changed.notified() => {}
        }
        if let Err(refusal) = look(&app, &mut watched).await {
            tracing::error!(detail = refusal.detail, "could not look at everything");
        }
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(LOOK_PAUSE) => {}
        }
    }
}

async fn follow_register(app: Arc<App>, cancel: CancellationToken) {
    let mut changes = app.store().changes();
    let mut clock = interval(REGISTER_EVERY);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = clock.tick() => {}
            change = changes.recv() => {
                // A listener that fell behind reads anew below.
                if matches!(change, Ok(Change::Applied(_))) { continue; }
            }
        }
        let known = app.world().revision;
        let outcome = match app.store().register_revision().await {
            Ok(now) if now == known => continue,
            Ok(_) => app.reload_register().await.map_err(|e| e.to_string()),
            Err(cause) => Err(cause.to_string()),
        };
        if let Err(cause) = outcome {
            tracing::error!(cause, "cannot read the register anew");
        }
    }
}

async fn sweep(app: Arc<App>, cancel: CancellationToken) {
    let mut clock = interval(SWEEP_EVERY);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = clock.tick() => {}
        }
        let today = Day::of(app.now());
        let first = Day(today.0 - i64::from(app.settings.rounds_days));
        let store = app.store();
        let swept = async {
            let days = store.drop_days_before(first).await?;
            let access = store.sweep_access().await?;
            let notices = store.sweep_outbox().await?;
            Ok::<_, tw_store::StoreError>((days, access, notices))
        };
        match swept.await {
            Ok((days, access, notices)) => {
                tracing::info!(days, access, notices, "removed what is too old");
            }
            Err(cause) => tracing::error!(%cause, "cannot remove what is too old"),
        }
    }
}

async fn close_months(app: Arc<App>, cancel: CancellationToken) {
    let mut clock = interval(crate::month::job::LOOK_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = clock.tick() => {}
            () = app.closing.rung() => {}
        }
        match app.close_months().await {
            Ok(0) => {}
            Ok(made) => tracing::info!(made, "closed or revised months"),
            Err(cause) => tracing::error!(cause, "cannot close months"),
        }
    }
}

async fn send(app: Arc<App>, channels: Channels, cancel: CancellationToken) {
    let mut clock = interval(SEND_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = clock.tick() => {}
        }
        if let Err(cause) = send_due(&app, &channels).await {
            tracing::error!(%cause, "cannot empty the outbox");
        }
    }
}
