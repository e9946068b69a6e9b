//! The store: one writer, a few readers, what is published.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** run without the lock
//! of its directory, when it is a server's.

use crate::{
    day::Day,
    error::{Doing, StoreError},
    ingest::{self, ApplyError, Foreign},
    layouts::SeriesId,
    memory::{Memory, Pending},
    open::{self, BUSY_TIMEOUT, DataDir, OpenError},
    readers::Readers,
    rounds,
    runs::Run,
    samples::{self, SeriesSamples},
    seal::SealKey,
    series::SeriesInfo,
    shared::{Change, Shared},
    states,
    stats::StoreStats,
    writer::Writer,
};
use rusqlite::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering::Relaxed},
};
use tokio::sync::{broadcast, watch};
use tw_ingest::{Ack, Batch};
use tw_units::{CollectorId, Interval, Timestamp, WallClock};

/// Connections of the pool for queries.
const QUERY_CONNECTIONS_MAX: u32 = 4;

/// What opens a store.
#[derive(Clone, Debug)]
pub struct StoreSettings {
    /// The data directory; made if need be.
    pub data: PathBuf,
    /// The file with the key that seals secrets; without it, `seal.key` in the data directory,
    /// made if need be.
    pub seal_key: Option<PathBuf>,
    /// True for a server, which must be the only one on the directory. A tool (`token create`
    /// beside a running server) needs no lock: its transactions wait for the server's.
    pub server: bool,
}

impl StoreSettings {
    /// The only server on a directory.
    pub fn server(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            seal_key: None,
            server: true,
        }
    }

    /// A tool beside a server, or without one.
    pub fn tool(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            seal_key: None,
            server: false,
        }
    }
}

/// The centre's store. Clones share everything; the writer ends with the last one.
#[derive(Clone)]
pub struct Store {
    pub(crate) dir: DataDir,
    pub(crate) writer: Writer,
    pub(crate) readers: Readers,
    pub(crate) queries: SqlitePool,
    pub(crate) shared: Arc<Shared>,
    pub(crate) key: SealKey,
    pub(crate) clock: WallClock,
    views: Arc<Mutex<HashMap<i64, Arc<Vec<SeriesInfo>>>>>,
    ended: watch::Receiver<()>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Opens a data directory: takes the lock, checks SQLite, brings the schema up to date,
    /// reads the latest rounds. Blocks for as long as that takes; call it inside a runtime.
    pub fn open(settings: &StoreSettings, clock: WallClock) -> Result<Self, OpenError> {
        let dir = DataDir(settings.data.clone());
        let io = |what: &'static str| {
            let path = dir.0.clone();
            move |cause| OpenError::Io { what, path, cause }
        };
        std::fs::create_dir_all(&dir.0).map_err(io("make"))?;
        let lock = if settings.server {
            Some(dir.wait_for_lock()?)
        } else {
            None
        };
        let key = match &settings.seal_key {
            Some(path) => SealKey::read(path)?,
            None => SealKey::read_or_make(&dir.seal_key())?,
        };
        let path = dir.main_db();
        let db = open::open_writer(&path)?;
        name_key(&db, &key).map_err(|cause| OpenError::Sql {
            what: "name the key that seals secrets",
            path: path.clone(),
            cause,
        })?;
        let shared = Arc::new(Shared::default());
        samples::load_latest(&db, &shared).map_err(|cause| OpenError::Read {
            path: path.clone(),
            cause: Box::new(cause),
        })?;
        let (writer, ended) = Writer::spawn(db, dir.wal(), Arc::clone(&shared), lock)
            .map_err(io("start the writer of"))?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .read_only(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("query_only", "ON");
        let queries = SqlitePoolOptions::new()
            .max_connections(QUERY_CONNECTIONS_MAX)
            .connect_lazy_with(options);
        Ok(Self {
            readers: Readers::new(path),
            views: Arc::default(),
            ended,
            dir,
            writer,
            queries,
            shared,
            key,
            clock,
        })
    }

    /// Ends the store: waits until all other clones are gone, everything that waits is written,
    /// the log is in the database and the lock is free. Dropping the last clone does the same
    /// without waiting for it.
    pub async fn close(self) {
        let mut ended = self.ended.clone();
        self.queries.close().await;
        drop(self);
        // Nothing is ever sent: an error says that the writer has ended.
        while ended.changed().await.is_ok() {}
    }

    /// Applies a batch and moves its watermark, or finds that it was applied before. The
    /// acknowledgement comes after the commit; its `config_version` is 0, for the server to fill.
    pub async fn apply_batch(
        &self,
        collector: &CollectorId,
        batch: Batch,
        received_at: Timestamp,
    ) -> Result<Ack, ApplyError> {
        let whole = (batch, Foreign::default());
        self.apply_screened(collector, whole, received_at).await
    }

    /// As [`Store::apply_batch`], for a batch from which foreign records were taken: they are
    /// counted as refused, once, with the batch.
    pub async fn apply_screened(
        &self,
        collector: &CollectorId,
        (batch, foreign): (Batch, Foreign),
        received_at: Timestamp,
    ) -> Result<Ack, ApplyError> {
        let collector = collector.clone();
        let bytes = weigh(&batch);
        let change = move |db: &_, memory: &mut _| {
            ingest::apply(db, memory, &collector, (batch, foreign), received_at)
        };
        let stats = &self.shared.stats;
        let effect = self.writer.write(bytes, change).await.inspect_err(|why| {
            if matches!(why, ApplyError::OutOfOrder { .. }) {
                stats.misplaced_batches.fetch_add(1, Relaxed);
            }
        })?;
        let counter = if effect.ack.repeated {
            &stats.repeated_batches
        } else {
            &stats.batches
        };
        counter.fetch_add(1, Relaxed);
        stats.duplicate_rounds.fetch_add(effect.duplicates, Relaxed);
        stats.refolds.fetch_add(effect.refolds, Relaxed);
        let refused = effect.ack.refused.iter().map(|refusal| refusal.count).sum();
        stats.refused.fetch_add(refused, Relaxed);
        Ok(effect.ack)
    }

    /// The samples of some series in a window, raw, in the order of time. Series that are not
    /// known have none.
    pub async fn samples(
        &self,
        series: &[SeriesId],
        window: Interval,
    ) -> Result<Vec<SeriesSamples>, StoreError> {
        let (series, shared) = (series.to_vec(), Arc::clone(&self.shared));
        self.readers
            .read_latest(move |db| samples::in_window(db, &shared, &series, window))
            .await
    }

    /// The runs of some states that touch a window, whole, with one more on either side. The
    /// time between two runs is unknown when it is longer than 2.5 periods.
    pub async fn state_runs(
        &self,
        series: &[SeriesId],
        window: Interval,
    ) -> Result<Vec<(SeriesId, Vec<Run>)>, StoreError> {
        let series = series.to_vec();
        self.readers
            .read(move |db| {
                let runs = |id| Ok((id, states::in_window(db, id, window)?));
                series.into_iter().map(runs).collect()
            })
            .await
    }

    /// Drops the rounds of all days before `day`, for good: later arrivals of them are refused
    /// as `expired`. State runs and observations stay. Returns how many days went.
    pub async fn drop_days_before(&self, day: Day) -> Result<usize, StoreError> {
        let refuse = move |db: &Connection, memory: &mut Memory| {
            rounds::keep_first_day(db, memory, day)?;
            rounds::days(db)
        };
        let days = self.writer.write(0, refuse).await?;
        let old: Vec<Day> = days.into_iter().filter(|old| *old < day).collect();
        // A transaction each, so that batches get their turn in between.
        for old in &old {
            let old = *old;
            self.writer
                .write(0, move |db, memory| drop_day(db, memory, old))
                .await?;
        }
        Ok(old.len())
    }

    /// The days with rounds, in order.
    pub async fn days(&self) -> Result<Vec<Day>, StoreError> {
        self.readers.read(rounds::days).await
    }

    /// News from now on. A listener that falls behind by more than
    /// [`crate::limits::CHANGES_BEHIND_MAX`] is told so and must read anew.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.shared.changes.subscribe()
    }

    /// What the store counts about itself.
    pub fn stats(&self) -> StoreStats {
        StoreStats {
            queue_length: self.writer.queue_length(),
            listeners: self.shared.changes.receiver_count() as u64,
            ..self.shared.stats.read()
        }
    }

    /// The wall clock that the store was opened with.
    pub fn clock(&self) -> &WallClock {
        &self.clock
    }

    /// A name for the key that seals this store's secrets; it says nothing about the key.
    pub fn seal_key_name(&self) -> String {
        self.key.name()
    }

    /// Where the store lies.
    pub fn data_dir(&self) -> &DataDir {
        &self.dir
    }

    pub(crate) fn views(&self) -> MutexGuard<'_, HashMap<i64, Arc<Vec<SeriesInfo>>>> {
        self.views.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn drop_day(db: &Connection, memory: &mut Memory, day: Day) -> Result<(), StoreError> {
    db.execute_batch(&format!("DROP TABLE IF EXISTS {}", day.table()))
        .doing("drop a day")?;
    states::close_day(db, memory, day)?;
    memory.forget_day(day);
    memory.publish(Pending::Dropped(day));
    Ok(())
}

/// Remembers which key seals the secrets of this store, and says so when it is another.
fn name_key(db: &Connection, key: &SealKey) -> Result<(), rusqlite::Error> {
    db.execute(
        "INSERT OR IGNORE INTO meta(k, v) VALUES ('seal_key', ?1)",
        [key.name()],
    )?;
    let kept = crate::backup::meta(db, "seal_key");
    if kept.as_ref().is_some_and(|kept| *kept != key.name()) {
        tracing::error!(
            wanted = kept,
            given = key.name(),
            "the secrets of this store were sealed under another key and will not open"
        );
    }
    Ok(())
}

/// About how many bytes a batch brings: what bounds a shared transaction.
fn weigh(batch: &Batch) -> usize {
    let of_record = |record: &tw_ingest::Record| match record {
        tw_ingest::Record::Round(round) => round.values.len(),
        tw_ingest::Record::Layout(layout) => layout.series.len() * 16,
        _ => 256,
    };
    batch.records.iter().map(of_record).sum()
}
