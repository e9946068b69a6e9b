//! Closes months that are ready, and makes the next revision where late readings changed one.
//!
//! **Room:** layer 2, shell. **May use:** the actions beside it. **Must not:** close a month
//! before its grace is over and its collectors are drained: that is a person's decision.

use super::{
    actions::{self, Closing, close, readiness, revisions},
    calendar,
};
use crate::{app::App, http::refusal::Refusal, site::actions::zone, world::World};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};
use tokio::sync::Notify;
use tw_store::Author;

/// Months are looked at so often.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(600);
/// So many months back are looked at.
const MONTHS_BACK: u32 = 13;

/// When the job may close months, and its bell.
#[derive(Default)]
pub(crate) struct ClosingGate {
    held: AtomicUsize,
    bell: Notify,
}

impl ClosingGate {
    /// Waits until the job shall look before its time.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }
}

/// Why the job closes a month for the first time.
pub(super) const GRACE_OVER: &str = "the grace period is over and the collectors are drained";
/// Why the job makes the next revision.
pub(super) const FIGURES_CHANGED: &str = "the figures changed: late readings or a correction";

/// While it lives the job closes nothing: a history is being filled in, whose months look ready
/// before all of their readings are there. When it goes the job looks at once.
pub struct MonthsHeld(Arc<App>);

impl Drop for MonthsHeld {
    fn drop(&mut self) {
        self.0.closing.held.fetch_sub(1, SeqCst);
        self.0.closing.bell.notify_one();
    }
}

impl App {
    /// Keeps the job from closing months until what is given back is dropped.
    pub fn hold_months(self: &Arc<Self>) -> MonthsHeld {
        self.closing.held.fetch_add(1, SeqCst);
        MonthsHeld(Arc::clone(self))
    }

    /// Closes what is ready and revises what has changed; gives how many revisions were made; none while
    /// a history is being filled in.
    pub async fn close_months(&self) -> Result<u64, String> {
        if self.closing.held.load(SeqCst) > 0 {
            return Ok(0);
        }
        let world = self.world();
        let mut made = 0;
        for site in world.register.sites.values() {
            made += of_site(self, &world, site)
                .await
                .map_err(|refusal| format!("{}: {}", site.id, refusal.detail))?;
        }
        Ok(made)
    }
}

async fn of_site(app: &App, world: &World, site: &tw_model::Site) -> Result<u64, Refusal> {
    let author = Author::local("job:months");
    let months = calendar::row((None, Some(MONTHS_BACK)), &zone(site), app.now())?;
    let mut made = 0;
    for month in &months {
        let of = (site, month);
        let state = readiness(app, world, of).await?;
        let known = !revisions(app, of).await?.is_empty();
        let due = known || (state.ready && has_evidence(app, world, of).await?);
        if !due {
            continue;
        }
        let closing = Closing {
            author: &author,
            reason: if known { FIGURES_CHANGED } else { GRACE_OVER },
            declare_lost: false,
        };
        made += u64::from(close(app, world, of, closing).await?.is_some());
    }
    Ok(made)
}

/// A month from before the first reading is nobody's to close.
async fn has_evidence(app: &App, world: &World, of: actions::Of<'_>) -> Result<bool, Refusal> {
    let report = actions::figures(app, world, of).await;
    match report {
        Ok(report) => Ok(report.findings.result.unknown_ms < report.findings.result.period_ms),
        Err(refusal) if refusal.code == "no_witness" => Ok(false),
        Err(refusal) => Err(refusal),
    }
}
