//! The spool's tables and its identity.
//!
//! **Room:** layer 1. **May use:** `tw-ingest`. **Must not:** decide what is kept.

use super::SpoolError;
use rusqlite::Connection;
use std::path::Path;
use tw_ingest::{EpochId, Lane};

/// The first SQLite without the WAL-reset fault, as `sqlite3_libversion_number` counts.
const SQLITE_VERSION_MIN: i32 = 3_051_003;

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS meta (k TEXT PRIMARY KEY, v ANY) STRICT;
CREATE TABLE IF NOT EXISTS segment (
    lane INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    next INTEGER NOT NULL DEFAULT 0,
    acked INTEGER NOT NULL DEFAULT 0,
    acked_at INTEGER,
    bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (lane, segment)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batch (
    lane INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    records INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (lane, segment, seq)
) STRICT;
CREATE TABLE IF NOT EXISTS poison (
    lane INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (lane, segment, seq)
) STRICT;
";

/// Refuses a SQLite that can lose what it committed.
pub(super) fn check_version() -> Result<(), SpoolError> {
    if rusqlite::version_number() >= SQLITE_VERSION_MIN {
        return Ok(());
    }
    Err(SpoolError::TooOld {
        found: rusqlite::version().to_owned(),
        wanted: "3.51.3",
    })
}

/// Opens the file with the durability that acceptance promises, and makes the tables.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let database = Connection::open(path)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "journal_size_limit", 64 << 20)?;
    database.busy_timeout(std::time::Duration::from_secs(5))?;
    database.execute_batch(TABLES)?;
    Ok(database)
}

/// The epoch of this file, drawn at random when it was made.
pub(super) fn epoch(database: &Connection, path: &Path) -> Result<EpochId, SpoolError> {
    let failed = |cause| SpoolError::Database {
        path: path.to_owned(),
        what: "tell its epoch",
        cause,
    };
    let drawn = EpochId(rand::random()).to_string();
    database
        .execute(
            "INSERT OR IGNORE INTO meta (k, v) VALUES ('epoch', ?1)",
            [drawn],
        )
        .map_err(failed)?;
    let text: String = database
        .query_row("SELECT v FROM meta WHERE k = 'epoch'", [], |row| row.get(0))
        .map_err(failed)?;
    EpochId::try_from(text).map_err(|e| {
        failed(rusqlite::Error::FromSqlConversionFailure(
            0,
            rusqlite::types::Type::Text,
            Box::new(e),
        ))
    })
}

/// The number of a lane in the tables; also the order of delivery.
pub(super) const fn lane_number(lane: Lane) -> i64 {
    match lane {
        Lane::Event => 0,
        Lane::Inventory => 1,
        Lane::Metric => 2,
    }
}

/// The lane of a number in the tables.
pub(super) fn lane_of(number: i64) -> Option<Lane> {
    Lane::ALL
        .into_iter()
        .find(|lane| lane_number(*lane) == number)
}
