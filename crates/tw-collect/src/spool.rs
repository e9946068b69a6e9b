//! The site's spool: what was read is *accepted* when it is committed here, and stays until
//! the centre has it.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`, `tw-units`. **Must not:** know the network.
//!
//! One SQLite file (WAL, `synchronous=FULL`), one owner. The guarantees, one test each:
//! accepted data survives a kill (G1); a batch's identity is never used twice (G2); positions
//! inside a segment have no holes (G4); the spool is bounded and every drop leaves a gap record
//! (G5); acknowledged segments stay for a while, so that a centre restored from a backup can
//! ask again (G8); a damaged file is moved aside and what can be read is kept (G9).

mod bounds;
mod repair;
mod salvage;
mod schema;

#[cfg(test)]
mod tests;

use rusqlite::{Connection, OptionalExtension, params};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    time::Duration,
};
use tw_ingest::{EpochId, Lane, Layout, LayoutKey, REQUEST_BATCHES_MAX, Record};
use tw_units::Timestamp;

pub use bounds::Volume;

/// How long a segment stays open.
const SEGMENT_LENGTH_MS: i64 = 3_600_000;

/// The most bytes of one stored batch when unpacked; a batch is a second of readings.
const BODY_BYTES_MAX: usize = tw_ingest::BATCH_BYTES_MAX;

/// The most compressed bytes of one request, if it has more than one batch: two seconds of a
/// line of 1 Mbit/s, so that live readings do not wait long behind a piece of backlog.
const REQUEST_BYTES_MAX: usize = 256 * 1024;

/// The most bytes of one request when unpacked, if it has more than one batch. What the centre
/// takes is more by the heads of the batches.
const REQUEST_UNPACKED_BYTES_MAX: usize = BODY_BYTES_MAX / 2;

/// How much a spool may take and how long it keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpoolSettings {
    /// The file.
    pub path: PathBuf,
    /// The most bytes of readings that it holds. 8 GiB unless told.
    pub bytes_max: u64,
    /// The most that it takes of its volume, in percent. 20 unless told.
    pub volume_percent_max: u8,
    /// What it leaves free on its volume. 1 GiB unless told.
    pub free_bytes_min: u64,
    /// The oldest reading that it keeps. 14 days unless told.
    pub age_max: Duration,
    /// How long it keeps what the centre has acknowledged. 72 hours unless told.
    pub keep_acknowledged: Duration,
}

impl SpoolSettings {
    /// The usual bounds for a spool at `path`.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            bytes_max: 8 << 30,
            volume_percent_max: 20,
            free_bytes_min: 1 << 30,
            age_max: Duration::from_secs(14 * 86_400),
            keep_acknowledged: Duration::from_secs(72 * 3_600),
        }
    }
}

/// Why the spool could not do it.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// The database refused.
    #[error("the spool {path} refused to {what}")]
    Database {
        /// The file.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why not.
        #[source]
        cause: rusqlite::Error,
    },
    /// The file system refused.
    #[error("cannot {what} {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why not.
        #[source]
        cause: std::io::Error,
    },
    /// The linked SQLite has the WAL-reset fault.
    #[error("SQLite {found} can lose committed data; at least {wanted} is needed")]
    TooOld {
        /// What is linked.
        found: String,
        /// The first good version.
        wanted: &'static str,
    },
}

/// A batch that waits to be delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Its stream.
    pub lane: Lane,
    /// Its segment.
    pub segment: i64,
    /// Its position.
    pub seq: u64,
    /// What it carries.
    pub records: Vec<Record>,
    /// How many bytes it takes in the spool.
    pub packed_bytes: usize,
    /// How many bytes its records take when they are unpacked.
    pub unpacked_bytes: usize,
}

/// A segment that has batches the centre does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Its stream.
    pub lane: Lane,
    /// Its number.
    pub segment: i64,
    /// The next position to deliver.
    pub next: u64,
    /// One past the last position.
    pub end: u64,
    /// Whether readings are still added to it.
    pub open: bool,
}

/// How full the spool is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpoolState {
    /// Bytes of stored batches.
    pub bytes: u64,
    /// Batches that the centre does not have.
    pub unsent: u64,
    /// When the oldest of them was committed.
    pub oldest_unsent: Option<Timestamp>,
    /// Records dropped since the spool was made.
    pub dropped: u64,
}

/// An open spool.
#[derive(Debug)]
pub struct Spool {
    database: Connection,
    settings: SpoolSettings,
    epoch: EpochId,
    open: BTreeMap<Lane, OpenSegment>,
    layouts: BTreeMap<LayoutKey, Layout>,
}

/// The segment of a lane that readings are added to.
#[derive(Debug)]
struct OpenSegment {
    segment: i64,
    opened_at: Timestamp,
    next: u64,
    announced: BTreeSet<LayoutKey>,
}

impl Spool {
    /// Opens the spool, or makes it. A file that is damaged is moved aside, what can be read of
    /// it is taken over under a new epoch, and an event tells of it.
    pub fn open(settings: SpoolSettings, now: Timestamp) -> Result<Self, SpoolError> {
        schema::check_version()?;
        let (database, rescued) = salvage::open_or_rescue(&settings.path, now)?;
        let epoch = schema::epoch(&database, &settings.path)?;
        let mut spool = Self {
            database,
            settings,
            epoch,
            open: BTreeMap::new(),
            layouts: BTreeMap::new(),
        };
        if let Some(rescue) = rescued {
            spool.adopt(rescue, now)?;
        }
        Ok(spool)
    }

    /// Which life of the spool this is.
    pub const fn epoch(&self) -> EpochId {
        self.epoch
    }

    /// The folder that the spool lies in.
    pub fn folder(&self) -> &Path {
        self.settings.path.parent().unwrap_or(Path::new("."))
    }

    /// Accepts records: when this returns, they survive a kill and a power cut.
    ///
    /// Layouts are remembered and repeated at the head of each segment whose rounds need them,
    /// so that segments can be delivered in any order.
    pub fn commit(
        &mut self,
        lane: Lane,
        records: Vec<Record>,
        now: Timestamp,
    ) -> Result<(), SpoolError> {
        self.roll(lane, now)?;
        let records = self.with_layouts(lane, records);
        if records.is_empty() {
            return Ok(());
        }
        let (segment, seq) = {
            let open = self.open.get(&lane).expect("roll opened one");
            (open.segment, open.next)
        };
        self.insert(Position { lane, segment, seq }, &records, now)?;
        let open = self.open.get_mut(&lane).expect("roll opened one");
        open.next += 1;
        for record in &records {
            if let Record::Layout(layout) = record {
                open.announced.insert(layout.key());
            }
        }
        Ok(())
    }

    /// Ends the lane's open segment: the next commit begins a new one, so that live readings
    /// need not wait behind the backlog of an outage.
    pub fn seal(&mut self, lane: Lane) {
        self.open.remove(&lane);
    }

    /// Ends the lane's open segment if it was opened at least `age_ms` ago.
    pub fn seal_older(&mut self, lane: Lane, age_ms: i64, now: Timestamp) {
        // A segment from the future (the clock was set back) is ended, too.
        let young = |open: &OpenSegment| (0..age_ms).contains(&now.millis_since(open.opened_at));
        if self.open.get(&lane).is_some_and(|open| !young(open)) {
            self.seal(lane);
        }
    }

    /// The segments that the centre does not have in full, oldest first, and per lane.
    pub fn backlog(&self) -> Result<Vec<Backlog>, SpoolError> {
        let mut query = self
            .database
            .prepare_cached(
                "SELECT lane, segment, acked, next FROM segment
                 WHERE acked < next ORDER BY lane, segment",
            )
            .map_err(|cause| self.failed("list its backlog", cause))?;
        let rows = query
            .query_map([], |row| {
                Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })
            .map_err(|cause| self.failed("list its backlog", cause))?;
        let mut backlog = Vec::new();
        for row in rows {
            let (lane, segment, next, end): (i64, i64, u64, u64) =
                row.map_err(|cause| self.failed("list its backlog", cause))?;
            let Some(lane) = schema::lane_of(lane) else {
                continue;
            };
            let open = self
                .open
                .get(&lane)
                .is_some_and(|open| open.segment == segment);
            backlog.push(Backlog {
                lane,
                segment,
                next,
                end,
                open,
            });
        }
        Ok(backlog)
    }

    /// The batch at a position. A row that cannot be read is replaced by a gap record under the
    /// same position, so that its lane goes on.
    pub fn read(&mut self, backlog: Backlog) -> Result<Option<Pending>, SpoolError> {
        let Backlog {
            lane,
            segment,
            next: seq,
            ..
        } = backlog;
        let row: Option<(Vec<u8>, u32, i64)> = self
            .database
            .prepare_cached(
                "SELECT body, crc, at FROM batch WHERE lane = ?1 AND segment = ?2 AND seq = ?3",
            )
            .and_then(|mut query| {
                query
                    .query_row(params![schema::lane_number(lane), segment, seq], |row| {
                        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                    })
                    .optional()
            })
            .map_err(|cause| self.failed("read a batch", cause))?;
        let Some((body, crc, at)) = row else {
            return Ok(None);
        };
        let at = Timestamp::from_millis(at);
        let (records, unpacked) = match unpack(&body, crc) {
            Some(unpacked) => unpacked,
            None => (self.poison(Position { lane, segment, seq }, at)?, 0),
        };
        Ok(Some(Pending {
            lane,
            segment,
            seq,
            records,
            packed_bytes: body.len(),
            unpacked_bytes: unpacked,
        }))
    }

    /// The batches from a position on, as many as one request takes; none when there is none.
    pub fn read_run(&mut self, mut backlog: Backlog) -> Result<Vec<Pending>, SpoolError> {
        let mut run: Vec<Pending> = Vec::new();
        let (mut packed, mut unpacked) = (0, 0);
        while backlog.next < backlog.end && run.len() < REQUEST_BATCHES_MAX {
            let Some(pending) = self.read(backlog)? else {
                break;
            };
            packed += pending.packed_bytes;
            unpacked += pending.unpacked_bytes;
            let full = packed > REQUEST_BYTES_MAX || unpacked > REQUEST_UNPACKED_BYTES_MAX;
            if full && !run.is_empty() {
                break;
            }
            run.push(pending);
            backlog.next += 1;
        }
        Ok(run)
    }

    /// Notes that the centre has everything of a segment below `next`.
    pub fn acknowledge(
        &mut self,
        lane: Lane,
        segment: i64,
        next: u64,
        now: Timestamp,
    ) -> Result<(), SpoolError> {
        self.database
            .prepare_cached(
                "UPDATE segment SET acked = min(?3, next), acked_at = ?4
                 WHERE lane = ?1 AND segment = ?2 AND acked < ?3",
            )
            .and_then(|mut update| {
                update.execute(params![
                    schema::lane_number(lane),
                    segment,
                    next,
                    now.as_millis()
                ])
            })
            .map_err(|cause| self.failed("note an acknowledgement", cause))?;
        Ok(())
    }

    /// How full the spool is.
    pub fn state(&self) -> Result<SpoolState, SpoolError> {
        self.database
            .query_row(
                "SELECT coalesce(sum(bytes), 0), coalesce(sum(next - acked), 0),
                        (SELECT b.at FROM batch b JOIN segment s
                           ON s.lane = b.lane AND s.segment = b.segment AND b.seq >= s.acked
                         ORDER BY b.at LIMIT 1),
                        (SELECT coalesce(max(v), 0) FROM meta WHERE k = 'dropped')
                 FROM segment",
                [],
                |row| {
                    Ok(SpoolState {
                        bytes: row.get(0)?,
                        unsent: row.get(1)?,
                        oldest_unsent: row.get::<_, Option<i64>>(2)?.map(Timestamp::from_millis),
                        dropped: row.get(3)?,
                    })
                },
            )
            .map_err(|cause| self.failed("count its batches", cause))
    }

    /// Opens a segment where there is none, and a new one each hour.
    fn roll(&mut self, lane: Lane, now: Timestamp) -> Result<(), SpoolError> {
        let fresh = self
            .open
            .get(&lane)
            .is_some_and(|open| (0..SEGMENT_LENGTH_MS).contains(&now.millis_since(open.opened_at)));
        if fresh {
            return Ok(());
        }
        let segment: i64 = self
            .database
            .query_row(
                "SELECT coalesce(max(segment), -1) + 1 FROM segment WHERE lane = ?1",
                [schema::lane_number(lane)],
                |row| row.get(0),
            )
            .map_err(|cause| self.failed("open a segment", cause))?;
        self.database
            .execute(
                "INSERT INTO segment (lane, segment, opened_at) VALUES (?1, ?2, ?3)",
                params![schema::lane_number(lane), segment, now.as_millis()],
            )
            .map_err(|cause| self.failed("open a segment", cause))?;
        self.open.insert(
            lane,
            OpenSegment {
                segment,
                opened_at: now,
                next: 0,
                announced: BTreeSet::new(),
            },
        );
        Ok(())
    }

    /// Puts the layouts that a segment has not announced before the rounds that need them.
    fn with_layouts(&mut self, lane: Lane, records: Vec<Record>) -> Vec<Record> {
        let nothing = BTreeSet::new();
        let announced = self
            .open
            .get(&lane)
            .map_or(&nothing, |open| &open.announced);
        let mut here = BTreeSet::new();
        let mut complete = Vec::with_capacity(records.len());
        for record in records {
            match &record {
                Record::Layout(layout) => {
                    let key = layout.key();
                    self.layouts.insert(key, layout.clone());
                    if announced.contains(&key) || !here.insert(key) {
                        continue;
                    }
                }
                Record::Round(round) => {
                    if !announced.contains(&round.layout)
                        && let Some(layout) = self.layouts.get(&round.layout)
                        && here.insert(round.layout)
                    {
                        complete.push(Record::Layout(layout.clone()));
                    }
                }
                _ => {}
            }
            complete.push(record);
        }
        complete
    }

    fn insert(
        &mut self,
        position: Position,
        records: &[Record],
        now: Timestamp,
    ) -> Result<(), SpoolError> {
        let body = pack(records);
        let path = self.settings.path.clone();
        let failed = |cause| SpoolError::Database {
            path,
            what: "accept readings",
            cause,
        };
        insert_batch(&mut self.database, position, &body, (records.len(), now)).map_err(failed)
    }

    fn failed(&self, what: &'static str, cause: rusqlite::Error) -> SpoolError {
        SpoolError::Database {
            path: self.settings.path.clone(),
            what,
            cause,
        }
    }
}

/// Where a batch stands.
#[derive(Clone, Copy, Debug)]
struct Position {
    lane: Lane,
    segment: i64,
    seq: u64,
}

fn insert_batch(
    database: &mut Connection,
    position: Position,
    body: &[u8],
    (records, now): (usize, Timestamp),
) -> rusqlite::Result<()> {
    let Position { lane, segment, seq } = position;
    let lane = schema::lane_number(lane);
    let transaction = database.transaction()?;
    transaction
        .prepare_cached(
            "INSERT INTO batch (lane, segment, seq, at, records, crc, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            lane,
            segment,
            seq,
            now.as_millis(),
            records,
            crc32fast::hash(body),
            body
        ])?;
    transaction
        .prepare_cached(
            "UPDATE segment SET next = ?3 + 1, bytes = bytes + ?4
             WHERE lane = ?1 AND segment = ?2",
        )?
        .execute(params![lane, segment, seq, body.len()])?;
    transaction.commit()
}

/// Records as compressed CBOR.
fn pack(records: &[Record]) -> Vec<u8> {
    let mut plain = Vec::new();
    ciborium::into_writer(records, &mut plain).expect("plain data encodes into memory");
    zstd::bulk::compress(&plain, 1).expect("compression into memory does not fail")
}

/// The records, and how many bytes they take unpacked.
fn unpack(body: &[u8], crc: u32) -> Option<(Vec<Record>, usize)> {
    if crc32fast::hash(body) != crc {
        return None;
    }
    let plain = zstd::bulk::decompress(body, BODY_BYTES_MAX).ok()?;
    let records = ciborium::de::from_reader_with_recursion_limit(plain.as_slice(), 32).ok()?;
    Some((records, plain.len()))
}

/// Where a damaged spool is moved: beside itself, with the time.
fn aside(path: &Path, now: Timestamp) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".damaged-{}", now.as_millis()));
    PathBuf::from(name)
}
