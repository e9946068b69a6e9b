//! What all handlers and jobs share.
//!
//! **Room:** layer 2, shell. **May use:** `tw-store`, `tw-model`, `tw-ingest`. **Must not:** hold a
//! lock over an await.
//!
//! ```text
//! batches ─► apply_batch ─► store ─► live (newest values) ─► watch job ─► stream, alerts
//! register change ─► store ─► what changed ─► next world (replaced; shares what stayed)
//! ```

use crate::{
    access::{
        accounts::store, audit::REFUSALS_PER_MINUTE_MAX, caller::Caller, password::Passwords,
        slow_down::SlowDown,
    },
    age::judged::{AgeMemory, Ages},
    alert::book::Alerts,
    http::{console, refusal::Refusal},
    import::book::ImportBook,
    maintenance::works::Works,
    metrics::Metrics,
    month::{job::ClosingGate, memory::MonthMemory},
    readings::live::Live,
    settings::Settings,
    stream::Hub,
    world::{SeenEvidence, World},
};
use axum::http::HeaderValue;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};
use tokio::sync::Notify;
use tw_api::Alert;
use tw_ingest::{Ack, Batch, Record, TargetKey};
use tw_lifecycle::DatedFact;
use tw_model::Kind;
use tw_store::{
    ApplyError, OpenError, RegisterError, Run, Sample, SeriesFilter, Store, StoreError,
    StoreSettings,
};
use tw_units::{CollectorId, Interval, Timestamp, WallClock};

/// Why the server's state could not be had.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The data directory.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The register.
    #[error("cannot read the register")]
    Register(#[from] RegisterError),
    /// Anything else that is stored.
    #[error("cannot read what is stored")]
    Store(#[from] StoreError),
}

/// Traps of so long ago are remembered after a restart.
const TRAPS_REMEMBERED_MS: i64 = 30 * 86_400_000;
/// The newest so many of them are read.
const TRAPS_READ_MAX: u32 = 20_000;

/// The fields that files own, by entity, with the file and the line.
pub(crate) type Owners = BTreeMap<(Kind, String), (String, Vec<String>)>;

/// What all handlers and jobs share.
pub struct App {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
    pub(crate) wall: WallClock,
    pub(crate) live: Live,
    pub(crate) hub: Hub,
    pub(crate) passwords: Passwords,
    pub(crate) metrics: Metrics,
    pub(crate) alerts: Alerts,
    pub(crate) ages: AgeMemory,
    pub(crate) year_ends: crate::yearly::YearEnds,
    pub(crate) imports: ImportBook,
    /// The requests for maintenance.
    pub(crate) works: Works,
    /// Figures of months that were worked out lately.
    pub(crate) months: MonthMemory,
    /// When months may be closed.
    pub(crate) closing: ClosingGate,
    pub(crate) policy: HeaderValue,
    /// Wakes the job that watches for changes of state.
    pub(crate) changed: Notify,
    /// Syncs with other registers that wait.
    pub(crate) sources: crate::netbox::desk::Desk,
    world: RwLock<Arc<World>>,
    /// The fields that files of the inventory own, with the file.
    owners: RwLock<Owners>,
    foreign_told: crate::ingest::screen::Told,
    slow_down: Mutex<SlowDown>,
    refusals: Mutex<(Timestamp, u32)>,
}

impl App {
    /// Opens the store and reads the register, the newest values and the alerts.
    pub async fn open(settings: Settings, wall: WallClock) -> Result<Arc<Self>, AppError> {
        let at = StoreSettings {
            data: settings.data.clone(),
            seal_key: settings.seal_key.clone(),
            server: true,
        };
        let store = Store::open(&at, wall.clone())?;
        let app = Self {
            live: Live::default(),
            hub: Hub::default(),
            passwords: Passwords::default(),
            metrics: Metrics::new(),
            alerts: Alerts::default(),
            ages: AgeMemory::default(),
            year_ends: crate::yearly::YearEnds::default(),
            imports: ImportBook::default(),
            owners: RwLock::default(),
            works: Works::default(),
            months: MonthMemory::default(),
            closing: ClosingGate::default(),
            policy: console::policy(),
            changed: Notify::new(),
            sources: crate::netbox::desk::Desk::default(),
            world: RwLock::default(),
            foreign_told: crate::ingest::screen::Told::default(),
            slow_down: Mutex::default(),
            refusals: Mutex::new((Timestamp::EPOCH, 0)),
            store,
            settings,
            wall,
        };
        let netbox = app.settings.netbox.iter();
        let kept = netbox.map(|source| (source.id.clone(), source.kept_fields()));
        app.store.keep_source_fields(kept.collect()).await?;
        app.reload_register().await?;
        app.load_live().await?;
        app.alerts.load(&app.store, app.now()).await?;
        app.works.load(&app.store).await?;
        Ok(Arc::new(app))
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.wall.now()
    }

    /// The store, for whoever starts the server.
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn tls(&self) -> bool {
        self.settings.tls.is_some()
    }

    /// The register as of now.
    pub(crate) fn world(&self) -> Arc<World> {
        let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&world)
    }

    /// The verdicts on the ages of all assets on a day; without a day, today.
    pub(crate) fn ages(&self, world: &World, as_of: Option<jiff::civil::Date>) -> Arc<Ages> {
        let today = crate::age::actions::today(world, self.now());
        self.ages.ages(world, (as_of.unwrap_or(today), today))
    }

    /// The file that owns fields of an entity, and which; a register that is made up for a
    /// demonstration may be changed everywhere.
    pub(crate) fn owner(&self, kind: Kind, id: &str) -> Option<(String, Vec<String>)> {
        if self.world().simulated() {
            return None;
        }
        let owners = self.owners.read().unwrap_or_else(PoisonError::into_inner);
        owners.get(&(kind, id.to_owned())).cloned()
    }

    pub(crate) fn own(&self, owners: Owners) {
        *self.owners.write().unwrap_or_else(PoisonError::into_inner) = owners;
    }

    /// Takes over what changed in the register. What readers see is one whole revision before
    /// and after; of several that are made at once the newest stays.
    pub async fn reload_register(&self) -> Result<(), RegisterError> {
        let next = self.next_world().await?;
        let mut kept = self.world.write().unwrap_or_else(PoisonError::into_inner);
        if next.revision >= kept.revision {
            let evidence = Arc::clone(kept.evidence());
            *kept = Arc::new(next.with_evidence(evidence));
        }
        drop(kept);
        self.changed.notify_one();
        Ok(())
    }

    /// The register as the store has it now: what is known already with what changed since, or
    /// read whole where that is not enough.
    async fn next_world(&self) -> Result<World, RegisterError> {
        let known = self.world();
        if known.revision > 0
            && let Some(changes) = self.store.register_since(known.revision).await?
        {
            return Ok(known.after(changes)?);
        }
        let stored = self.store.load_register().await?;
        Ok(World::new(
            stored.register,
            stored.versions,
            stored.revision,
        ))
    }

    /// Takes what discovery says about when assets were made: it bounds their ages and writes
    /// nothing.
    pub(crate) fn take_evidence(&self, by_asset: BTreeMap<String, Vec<DatedFact>>) {
        let mut kept = self.world.write().unwrap_or_else(PoisonError::into_inner);
        if kept.evidence().by_asset == by_asset {
            return;
        }
        let number = kept.evidence().number + 1;
        let evidence = Arc::new(SeenEvidence { by_asset, number });
        *kept = Arc::new(World::clone(&kept).with_evidence(evidence));
    }

    async fn load_live(&self) -> Result<(), StoreError> {
        for (target, _) in self.store.latest_rounds() {
            if let Some(latest) = self.store.latest(&target).await? {
                let since = self.held_since(&target, &latest).await?;
                self.live.change(&target, |now| {
                    now.take_round(latest);
                    if let (Some(held), Some(since)) = (&mut now.held, since) {
                        held.1 = since;
                    }
                });
            }
        }
        for kind in [
            "identity",
            "interfaces",
            "sensors",
            "problems",
            "host",
            "addresses",
            "tls",
        ] {
            for observed in self.store.observations_of_kind(kind).await? {
                self.live.change(&observed.target, |now| {
                    now.take_seen(&observed.seen, observed.last_seen);
                });
            }
        }
        let now = self.now();
        let window = Interval {
            from: now.plus_millis(-TRAPS_REMEMBERED_MS),
            to: now.plus_millis(tw_store::limits::FUTURE_MS_MAX),
        };
        for told in self.store.traps(None, window, TRAPS_READ_MAX).await? {
            self.live.change(&told.target, |now| {
                now.take_seen(&told.seen, told.from);
            });
        }
        Ok(())
    }

    /// Takes a batch: store first, then the newest values. The acknowledgement comes after the
    /// commit. What is not the collector's to say is refused, and the rest is taken. A collector
    /// in the same process uses this function, too.
    pub async fn apply_batch(
        &self,
        collector: &CollectorId,
        batch: Batch,
    ) -> Result<Ack, ApplyError> {
        let (batch, foreign) = crate::ingest::screen::screen(self, collector, batch).await?;
        self.foreign_told.tell(collector, &foreign, self.now());
        let (targets, seen) = news_of(&batch);
        let brings_late = MonthMemory::is_late(&batch, self.now());
        let screened = (batch, foreign);
        let applied = self.store.apply_screened(collector, screened, self.now());
        let mut ack = applied.await?;
        if brings_late {
            self.months.change();
        }
        ack.config_version = self.config_version().await?;
        for refusal in &ack.refused {
            self.metrics.count_refused(&refusal.reason, refusal.count);
        }
        if ack.repeated {
            return Ok(ack);
        }
        let latest_allowed = self.now().plus_millis(tw_store::limits::FUTURE_MS_MAX);
        for target in targets {
            if let Some(latest) = self.store.latest(&target).await? {
                self.live.change(&target, |now| now.take_round(latest));
            }
        }
        for observation in seen.into_iter().filter(|seen| seen.at <= latest_allowed) {
            self.live.change(&observation.target, |now| {
                now.take_seen(&observation.seen, observation.at);
            });
        }
        self.changed.notify_one();
        Ok(ack)
    }

    /// Takes batches that follow one another, each as [`App::apply_batch`] does. What came
    /// before one that could not be applied is acknowledged.
    pub async fn apply_run(
        &self,
        collector: &CollectorId,
        batches: Vec<Batch>,
    ) -> Result<Ack, ApplyError> {
        let mut all: Option<Ack> = None;
        for batch in batches {
            match (self.apply_batch(collector, batch).await, all.take()) {
                (Ok(ack), None) => all = Some(ack),
                (Ok(ack), Some(before)) => all = Some(before.and(ack)),
                (Err(cause), None) => return Err(cause),
                (Err(cause), Some(before)) => {
                    tracing::warn!(%cause, "the rest of a collector's batches must come again");
                    return Ok(before);
                }
            }
        }
        // A request without a batch was refused when it was read.
        all.ok_or(ApplyError::OutOfOrder { expected: 0 })
    }

    /// Since when a target has had the state of its newest round, by the store's runs.
    async fn held_since(
        &self,
        target: &TargetKey,
        latest: &tw_store::Latest,
    ) -> Result<Option<Timestamp>, StoreError> {
        use crate::readings::live::{DEVICE_UP, PROBE_UP};
        const LOOK_BACK_MS: i64 = 35 * 86_400_000;
        let metric = match (latest.value("", DEVICE_UP), latest.value("", PROBE_UP)) {
            (Some(_), _) => DEVICE_UP,
            (None, Some(_)) => PROBE_UP,
            (None, None) => return Ok(None),
        };
        let window = Interval {
            from: latest.at.plus_millis(-LOOK_BACK_MS),
            to: latest.at.plus_millis(1),
        };
        let runs = self.runs_of(target, "", metric, window).await?;
        let mut since: Option<Run> = None;
        for run in runs.into_iter().rev() {
            match since {
                Some(later) if !goes_on(&run, &later) => break,
                _ => since = Some(run),
            }
        }
        Ok(since.map(|run| run.from))
    }

    async fn runs_of(
        &self,
        target: &TargetKey,
        object: &str,
        metric: &str,
        window: Interval,
    ) -> Result<Vec<Run>, StoreError> {
        let filter = SeriesFilter {
            targets: vec![target.clone()],
            objects: vec![object.to_owned()],
            metrics: vec![metric.to_owned()],
        };
        let series = self.store.series(&filter).await?;
        let ids: Vec<_> = series.iter().map(|series| series.id).collect();
        let mut runs = self.store.state_runs(&ids, window).await?;
        Ok(runs.pop().map(|(_, runs)| runs).unwrap_or_default())
    }

    /// The runs of a state that touch a window.
    pub(crate) async fn runs(
        &self,
        target: &str,
        object: &str,
        metric: &str,
        window: Interval,
    ) -> Result<Vec<Run>, Refusal> {
        let target = TargetKey(target.to_owned());
        self.runs_of(&target, object, metric, window)
            .await
            .map_err(|e| store(&e))
    }

    /// The runs of a state of every object of a target that touch a window.
    pub(crate) async fn runs_of_target(
        &self,
        target: &str,
        metric: &str,
        window: Interval,
    ) -> Result<BTreeMap<String, Vec<Run>>, Refusal> {
        let filter = SeriesFilter {
            targets: vec![TargetKey(target.to_owned())],
            objects: Vec::new(),
            metrics: vec![metric.to_owned()],
        };
        let series = self.store.series(&filter).await.map_err(|e| store(&e))?;
        let ids: Vec<_> = series.iter().map(|series| series.id).collect();
        let runs = self
            .store
            .state_runs(&ids, window)
            .await
            .map_err(|e| store(&e))?;
        let object_of = |id| series.iter().find(|s| s.id == id).map(|s| s.object.clone());
        Ok(runs
            .into_iter()
            .filter_map(|(id, runs)| Some((object_of(id)?, runs)))
            .collect())
    }

    /// The raw samples of some metrics of an object, by metric. Metrics that it never had are
    /// not in the map.
    pub(crate) async fn samples_of_object(
        &self,
        target: &str,
        object: &str,
        metrics: &[&str],
        window: Interval,
    ) -> Result<BTreeMap<String, Vec<Sample>>, Refusal> {
        let filter = SeriesFilter {
            targets: vec![TargetKey(target.to_owned())],
            objects: vec![object.to_owned()],
            metrics: metrics.iter().map(|metric| (*metric).to_owned()).collect(),
        };
        let series = self.store.series(&filter).await.map_err(|e| store(&e))?;
        let ids: Vec<_> = series.iter().map(|series| series.id).collect();
        let read = self
            .store
            .samples(&ids, window)
            .await
            .map_err(|e| store(&e))?;
        let metric_of = |id| series.iter().find(|s| s.id == id).map(|s| s.metric.clone());
        let named = read
            .into_iter()
            .filter_map(|s| Some((metric_of(s.series)?, s.samples)));
        Ok(named.collect())
    }

    pub(crate) fn slow_down(&self) -> MutexGuard<'_, SlowDown> {
        self.slow_down
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the audit log takes one more refusal in this minute.
    pub(crate) fn may_audit_refusal(&self) -> bool {
        const MINUTE_MS: i64 = 60_000;
        let now = self.now();
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if now.millis_since(refusals.0).abs() >= MINUTE_MS {
            *refusals = (now, 0);
        }
        refusals.1 = refusals.1.saturating_add(1);
        refusals.1 <= REFUSALS_PER_MINUTE_MAX
    }

    pub(crate) fn alert(&self, id: &str) -> Option<Alert> {
        self.alerts.get(id)
    }

    pub(crate) fn sees_alert(&self, caller: &Caller, alert: &Alert) -> bool {
        crate::alert::view::sees(&self.world(), caller, alert)
    }

    pub(crate) fn open_alerts_of_site(&self, site: &str) -> u64 {
        let of_site =
            |alert: &Alert| alert.cleared_at.is_none() && alert.site.as_deref() == Some(site);
        self.alerts
            .all()
            .iter()
            .filter(|alert| of_site(alert))
            .count() as u64
    }
}

/// The targets with rounds, and the observations, of a batch.
fn news_of(batch: &Batch) -> (Vec<TargetKey>, Vec<tw_ingest::Observation>) {
    let mut targets = Vec::new();
    let mut seen = Vec::new();
    for record in &batch.records {
        match record {
            Record::Round(round) => targets.push(round.target.clone()),
            Record::Observation(observation) => seen.push(observation.clone()),
            _ => {}
        }
    }
    targets.sort();
    targets.dedup();
    (targets, seen)
}

/// Whether `later` goes on where `run` ended: the same state, no gap of more than 2.5 periods.
fn goes_on(run: &Run, later: &Run) -> bool {
    let gap = later.from.millis_since(run.to).max(0).unsigned_abs();
    run.state == later.state && gap.saturating_mul(2) <= later.period_ms.saturating_mul(5)
}
