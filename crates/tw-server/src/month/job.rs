//! Closes months that are ready, and makes the next revision where late readings changed one.
//!
//! **Room:** layer 2, shell. **May use:** the actions beside it. **Must not:** close a month
//! before its grace is over and its collectors are drained: that is a person's decision.

use super::{
    actions::{Closing, close, readiness, revisions},
    calendar,
};
use crate::{app::App, http::refusal::Refusal, site::actions::zone, world::World};
use std::time::Duration;
use tw_store::Author;

/// Months are looked at so often.
pub(crate) const LOOK_EVERY: Duration = Duration::from_secs(600);
/// So many months back are looked at.
const MONTHS_BACK: u32 = 13;

impl App {
    /// Closes what is ready and revises what has changed; gives how many revisions were made.
    pub async fn close_months(&self) -> Result<u64, String> {
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
            reason: if known {
                "the figures changed: late readings or a correction"
            } else {
                "the grace period is over and the collectors are drained"
            },
            declare_lost: false,
        };
        made += u64::from(close(app, world, of, closing).await?.is_some());
    }
    Ok(made)
}

/// A month from before the first reading is nobody's to close.
async fn has_evidence(
    app: &App,
    world: &World,
    of: super::actions::Of<'_>,
) -> Result<bool, Refusal> {
    let report = super::actions::figures(app, world, of).await;
    match report {
        Ok(report) => Ok(report.findings.result.unknown_ms < report.findings.result.period_ms),
        Err(refusal) if refusal.code == "no_witness" => Ok(false),
        Err(refusal) => Err(refusal),
    }
}
