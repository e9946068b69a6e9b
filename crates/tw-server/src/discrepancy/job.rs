//! Compares the register with what was seen, again and again. It takes no input and is
//! idempotent; the register is only read.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-lifecycle`. **Must not:** write the
//! register.

use super::gather::gather;
use crate::app::App;
use serde_json::json;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tw_lifecycle::{DatedFact, Discrepancy, NOT_SEEN_DAYS, Reconciliation, reconcile};
use tw_model::Register;
use tw_store::{Author, FoundDiscrepancy, Reconciled, Store, StoreError};
use tw_units::{AssetTag, Timestamp};

/// The comparison is made so often.
const RECONCILE_EVERY: Duration = Duration::from_secs(120);
/// After the start, readings come in first.
const FIRST_AFTER: Duration = Duration::from_secs(20);

/// Who opens and closes discrepancies.
fn author() -> Author {
    Author::local("job:reconcile")
}

/// By tag: when assets were made, by what discovery saw.
type Made = BTreeMap<String, Vec<DatedFact>>;

/// Compares once and keeps what was found.
pub(crate) async fn run(
    store: &Store,
    register: &Register,
    now: Timestamp,
) -> Result<(Reconciled, Made), StoreError> {
    let gathered = gather(store, register, now).await?;
    let found = reconcile(&Reconciliation {
        recorded: &gathered.recorded,
        seen: &gathered.seen,
        silent: &gathered.silent,
        not_seen_days: NOT_SEEN_DAYS,
    });
    let mut found: Vec<FoundDiscrepancy> = found.into_iter().map(kept).collect();
    found.extend(crate::netbox::oddities(store, now).await?);
    let done = store.reconcile_discrepancies(found, &author()).await?;
    Ok((done, gathered.evidence()))
}

impl App {
    /// Compares the register with what was seen, as the job does every two minutes.
    pub async fn reconcile_once(&self) -> Result<Reconciled, StoreError> {
        let world = self.world();
        let (done, made) = run(&self.store, &world.register, self.now()).await?;
        self.take_evidence(made);
        Ok(done)
    }
}

pub(crate) async fn follow(app: Arc<App>, cancel: CancellationToken) {
    tokio::select! {
        () = cancel.cancelled() => return,
        () = tokio::time::sleep(FIRST_AFTER) => {}
    }
    let mut clock = interval(RECONCILE_EVERY);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            _ = clock.tick() => {}
        }
        match app.reconcile_once().await {
            Ok(done) if done.opened + done.fixed > 0 => {
                let (opened, fixed, open) = (done.opened, done.fixed, done.open);
                tracing::info!(
                    opened,
                    fixed,
                    open,
                    "compared the register with what was seen"
                );
            }
            Ok(_) => {}
            Err(cause) => tracing::error!(%cause, "cannot compare the register with what was seen"),
        }
    }
}

fn kept(one: Discrepancy) -> FoundDiscrepancy {
    let asset = one.asset.as_ref().map(AssetTag::to_string);
    let subject = match (&asset, &one.target) {
        (Some(tag), _) => format!("asset/{tag}"),
        (None, target) => format!("target/{}", target.as_deref().unwrap_or_default()),
    };
    FoundDiscrepancy {
        subject,
        asset,
        target: one.target,
        kind: one.kind.to_string(),
        field: one.field.to_owned(),
        recorded: one.recorded,
        observed: one.observed,
        collected: one.collected,
        body: json!({ "proposal": one.proposal, "evidence": one.evidence }),
    }
}
