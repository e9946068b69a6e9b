//! The collector as a whole: it takes its targets from the centre, polls them, and delivers what
//! it read; without the centre it goes on by the last configuration that it has.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** decide what a reading
//! means.
//!
//! ```text
//! centre ──config──► Collector ──targets──► engine ──rounds──┐
//!                      ▲ │                  host   ──records──┼──► batcher ──► keeper ──► delivery ──► centre
//! devices ──traps──────┘ └────probe targets► probe ──records──┘
//! ```

use crate::{
    batcher::{self, RECORDS_QUEUE_MAX},
    clock,
    delivery::{self, Backoff, Centre, DeliveryState},
    engine::{Engine, EngineError, EngineHandle, EngineSettings, EngineTarget, PolledRound},
    host::{self, HostSettings},
    keeper::Keeper,
    kept_config::KeptConfig,
    kept_interfaces::KeptInterfaces,
    probe,
    seal::SealKey,
    spool::{SpoolError, SpoolSettings},
    tls::{self, AuthorityError, TlsProber},
    traps::{self, Doors},
};
use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::MissedTickBehavior,
};
use tokio_util::sync::CancellationToken;
use tw_ingest::{
    CollectorConfig, EventSeen, LayoutKey, Observation, Record, SnmpTarget, TargetKey,
    seen::{CollectorStatus, Seen},
};
use tw_units::WallClock;

mod access;

/// Rounds that may wait between the engine and the records; beyond them the engine drops and
/// counts.
const ROUNDS_QUEUE_MAX: usize = 4_096;

/// What was learned of interfaces is written so often, when it changed.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// What was learned of interfaces; the relay fills it, new targets begin with it.
type Learned = Arc<Mutex<KeptInterfaces>>;

/// How a collector runs.
#[derive(Clone, Debug)]
pub struct CollectorSettings {
    /// Its own folder: spool and last good configuration.
    pub data: PathBuf,
    /// The token that the centre knows it by.
    pub token: String,
    /// Bounds of the spool.
    pub spool: SpoolSettings,
    /// Waits after failed deliveries.
    pub backoff: Backoff,
    /// Time between readings of the own machine.
    pub host_period: Duration,
    /// Time between reports of its own state.
    pub status_period: Duration,
    /// Time between looks for a new configuration, should the centre not speak of one.
    pub config_period: Duration,
    /// The organisation's own certificate authorities, as PEM; TLS endpoints are held against
    /// them and the public ones.
    pub authority_pem: Option<Vec<u8>>,
    /// The program's version, for its status.
    pub version: &'static str,
    /// Where traps of its own devices are heard; without it none are.
    pub traps: Option<SocketAddr>,
}

impl CollectorSettings {
    /// The usual settings for a data folder and a token.
    pub fn new(data: impl Into<PathBuf>, token: impl Into<String>, version: &'static str) -> Self {
        let data = data.into();
        Self {
            spool: SpoolSettings::at(data.join("spool.db")),
            data,
            token: token.into(),
            backoff: Backoff::default(),
            host_period: Duration::from_secs(15),
            status_period: Duration::from_secs(15),
            config_period: Duration::from_secs(30),
            authority_pem: None,
            version,
            traps: None,
        }
    }
}

/// Why a collector could not start.
#[derive(Debug, thiserror::Error)]
pub enum CollectorError {
    /// The data folder cannot be made.
    #[error("cannot make the folder {path}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The spool cannot be opened at all.
    #[error("cannot open the spool")]
    Spool(#[from] SpoolError),
    /// The poller cannot start.
    #[error("cannot start the poller")]
    Engine(#[from] EngineError),
    /// The address for traps cannot be bound.
    #[error("cannot listen for traps on {address}")]
    Traps {
        /// Which.
        address: SocketAddr,
        /// Why not.
        #[source]
        cause: io::Error,
    },
    /// The organisation's own authorities cannot be used.
    #[error("cannot look at TLS endpoints")]
    Authority(#[from] AuthorityError),
}

/// Runs a collector until it is cancelled; then what was read is committed and it ends.
pub async fn run<C: Centre>(
    settings: CollectorSettings,
    centre: Arc<C>,
    wall: WallClock,
    cancel: CancellationToken,
) -> Result<(), CollectorError> {
    std::fs::create_dir_all(&settings.data).map_err(|cause| CollectorError::Folder {
        path: settings.data.clone(),
        cause,
    })?;
    let doors = Doors::default();
    let mut tasks = JoinSet::new();
    let heard = listen(&settings, &doors, &wall, (&mut tasks, &cancel)).await?;
    let roots = tls::authorities(settings.authority_pem.as_deref())?;
    let keeper = Keeper::spawn(settings.spool.clone(), wall.clone())?;
    let (rounds_in, rounds) = mpsc::channel(ROUNDS_QUEUE_MAX);
    let engine = Engine::spawn(EngineSettings::default(), wall.clone(), rounds_in)?;
    let (records_in, records) = mpsc::channel(RECORDS_QUEUE_MAX);
    let (state_in, state) = watch::channel(DeliveryState::default());

    // The batcher ends when every sender is gone, so that nothing that was read is left behind.
    let committing = tokio::spawn(batcher::run(
        records,
        keeper.clone(),
        CancellationToken::new(),
    ));
    let learned = Arc::new(Mutex::new(KeptInterfaces::load(&settings.data)));
    tasks.spawn(relay(
        rounds,
        records_in.clone(),
        Arc::clone(&learned),
        cancel.clone(),
    ));
    let timing = (wall.clone(), settings.backoff);
    tasks.spawn(delivery::run(
        centre.clone(),
        keeper.clone(),
        timing,
        state_in,
        cancel.clone(),
    ));

    let tls = TlsProber::new(roots, records_in.clone(), wall.clone());
    let collector = Collector {
        tls,
        kept: KeptConfig::within(&settings.data),
        learned,
        seal: SealKey::of_token(&settings.token),
        settings,
        centre,
        keeper,
        engine,
        records: records_in,
        state,
        wall,
        config: None,
        tasks,
        prober: None,
        doors,
        heard,
        cancel,
    };
    collector.serve().await;
    committing.await.ok();
    Ok(())
}

/// Starts to hear traps where the settings say so.
async fn listen(
    settings: &CollectorSettings,
    doors: &Doors,
    wall: &WallClock,
    (tasks, cancel): (&mut JoinSet<()>, &CancellationToken),
) -> Result<Option<mpsc::Receiver<traps::Received>>, CollectorError> {
    let Some(address) = settings.traps else {
        return Ok(None);
    };
    let bound = traps::Listener::bind(address, doors.clone(), wall.clone()).await;
    let (listener, heard) = bound.map_err(|cause| CollectorError::Traps { address, cause })?;
    tracing::info!(%address, "listening for traps");
    tasks.spawn(listener.run(cancel.clone()));
    Ok(Some(heard))
}

/// The next trap; never, where none are heard.
async fn next_trap(heard: &mut Option<mpsc::Receiver<traps::Received>>) -> traps::Received {
    if let Some(heard) = heard
        && let Some(trap) = heard.recv().await
    {
        return trap;
    }
    std::future::pending().await
}

/// Turns finished rounds into records: a layout when it is new, the values, what was seen.
async fn relay(
    mut rounds: mpsc::Receiver<PolledRound>,
    records: mpsc::Sender<Record>,
    learned: Learned,
    cancel: CancellationToken,
) {
    let mut layouts: BTreeMap<TargetKey, LayoutKey> = BTreeMap::new();
    let mut save = every(SAVE_EVERY);
    loop {
        let round = tokio::select! {
            round = rounds.recv() => round,
            _ = save.tick() => {
                keep(&learned).await;
                continue;
            }
            () = cancel.cancelled() => None,
        };
        let Some(round) = round else { break };
        {
            let mut learned = learned.lock().unwrap_or_else(PoisonError::into_inner);
            round
                .observations
                .iter()
                .for_each(|seen| learned.take(seen));
        }
        let known = layouts.insert(round.target.clone(), round.layout_key);
        let new_layout = known != Some(round.layout_key);
        let parts = new_layout.then(|| round.layout_record()).into_iter();
        let parts = parts.chain([round.round()]);
        for record in parts.chain(round.observations.into_iter().map(Record::Observation)) {
            // The batcher outlives this task.
            records.send(record).await.ok();
        }
    }
    keep(&learned).await;
}

/// Writes what was learned, off the asynchronous threads: a disk may be slow.
async fn keep(learned: &Learned) {
    let learned = Arc::clone(learned);
    let saving = tokio::task::spawn_blocking(move || {
        learned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .save();
    });
    // A panic of it was printed by itself.
    saving.await.ok();
}

struct Collector<C> {
    settings: CollectorSettings,
    centre: Arc<C>,
    keeper: Keeper,
    engine: EngineHandle,
    records: mpsc::Sender<Record>,
    state: watch::Receiver<DeliveryState>,
    wall: WallClock,
    kept: KeptConfig,
    learned: Learned,
    seal: SealKey,
    config: Option<CollectorConfig>,
    tasks: JoinSet<()>,
    prober: Option<probe::Prober>,
    doors: Doors,
    heard: Option<mpsc::Receiver<traps::Received>>,
    tls: TlsProber,
    cancel: CancellationToken,
}

impl<C: Centre> Collector<C> {
    async fn serve(mut self) {
        self.announce().await;
        if let Some(config) = self.kept.load() {
            self.adopt(config);
        }
        let mut look = every(self.settings.config_period);
        let mut report = every(self.settings.status_period);
        loop {
            tokio::select! {
                () = self.cancel.cancelled() => break,
                _ = look.tick() => self.fetch().await,
                changed = self.state.changed() => {
                    if changed.is_ok() && self.is_behind() {
                        self.fetch().await;
                    }
                }
                trap = next_trap(&mut self.heard) => self.hear(trap).await,
                _ = report.tick() => self.report().await,
            }
        }
        self.engine.stop();
        while self.tasks.join_next().await.is_some() {}
    }

    /// Records a trap and looks at the device at once: what it says is not believed, what the
    /// poll then reads is.
    async fn hear(&self, trap: traps::Received) {
        self.engine.poll_now(trap.device.clone());
        let record = Record::Observation(Observation {
            target: TargetKey(trap.device.to_string()),
            at: trap.at,
            seen: Seen::Trap(trap.seen),
        });
        self.records.send(record).await.ok();
    }

    /// Whether the centre spoke of another configuration than ours.
    fn is_behind(&self) -> bool {
        let spoken = self.state.borrow().config_version;
        spoken != 0
            && self
                .config
                .as_ref()
                .is_none_or(|config| config.version != spoken)
    }

    async fn fetch(&mut self) {
        let known = self.config.as_ref().map_or(0, |config| config.version);
        match self.centre.config(known).await {
            Ok(Some(config)) if Some(&config) != self.config.as_ref() => {
                if let Err(cause) = self.kept.save(&config) {
                    tracing::warn!(%cause, "the new configuration cannot be kept on the disk");
                }
                self.adopt(config);
            }
            Ok(_) => {}
            Err(reason) => tracing::debug!(reason, "no configuration from the centre"),
        }
    }

    /// Polls by a configuration from now on.
    fn adopt(&mut self, config: CollectorConfig) {
        tracing::info!(
            version = config.version,
            targets = config.targets.len(),
            "configuration"
        );
        let targets: Vec<EngineTarget> = config
            .targets
            .iter()
            .map(|target| self.target(target))
            .collect();
        self.doors.replace(&targets);
        let canaries = config
            .canaries
            .iter()
            .map(|canary| canary.device.clone())
            .collect();
        self.engine.replace_canaries(canaries);
        self.engine.replace_targets(targets);
        if self.config.is_none() {
            let host = HostSettings {
                collector: config.collector.clone(),
                period: self.settings.host_period,
            };
            let (records, wall) = (self.records.clone(), self.wall.clone());
            self.tasks
                .spawn(host::run(host, records, wall, self.cancel.clone()));
        }
        let prober = self.prober.get_or_insert_with(|| {
            probe::Prober::new(config.site.clone(), self.records.clone(), self.wall.clone())
        });
        prober.replace(config.probes.clone(), &mut self.tasks, &self.cancel);
        self.tls
            .replace(config.tls.clone(), &mut self.tasks, &self.cancel);
        self.config = Some(config);
    }

    /// A target with its secrets in the clear. One that cannot be opened is pinged only, and
    /// says so.
    fn target(&self, target: &SnmpTarget) -> EngineTarget {
        let access = target.access.as_ref().and_then(|sealed| {
            let opened = self.seal.open(&sealed.credential, &sealed.sealed);
            let access = opened.map_err(|cause| cause.to_string());
            access
                .and_then(|secrets| access::of(sealed.version, &secrets))
                .inspect_err(|cause| {
                    let (device, credential) = (&target.device, &sealed.credential);
                    tracing::error!(%device, %credential, cause, "a credential cannot be used");
                })
                .ok()
        });
        EngineTarget {
            device: target.device.clone(),
            address: target.address,
            access,
            poll_seconds: target.poll_seconds.max(1),
            known_interfaces: self
                .learned
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .of(target.device.as_str()),
        }
    }

    async fn announce(&self) {
        let record = Record::Event(EventSeen {
            at: self.wall.now(),
            code: "started".into(),
            target: None,
            detail: format!("collector {} started", self.settings.version),
        });
        self.records.send(record).await.ok();
    }

    /// Tells how the collector itself fares.
    async fn report(&self) {
        let Some(config) = &self.config else { return };
        let spool = self.keeper.state().await;
        let stats = self.engine.stats();
        let mut dropped = vec![
            ("spool".to_owned(), spool.dropped),
            ("queue".to_owned(), stats.dropped_rounds),
            ("refused".to_owned(), self.state.borrow().refused),
        ];
        let refused = self.doors.refused().into_iter();
        dropped.extend(refused.map(|(reason, count)| (reason.as_str().to_owned(), count)));
        let status = CollectorStatus {
            version: self.settings.version.into(),
            config_version: config.version,
            targets: config.targets.len() as u64,
            spool_bytes: spool.bytes,
            spool_bytes_max: self.settings.spool.bytes_max,
            spool_batches: spool.unsent,
            oldest_unsent: spool.oldest_unsent,
            dropped,
            rounds: stats.rounds,
            late_rounds: stats.late_rounds,
            resident_bytes: clock::resident_bytes(),
            clock_synchronised: clock::is_synchronised(),
        };
        let observation = Observation {
            target: TargetKey(format!("host:{}", config.collector)),
            at: self.wall.now(),
            seen: Seen::Collector(status),
        };
        self.records
            .send(Record::Observation(observation))
            .await
            .ok();
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut interval = tokio::time::interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
